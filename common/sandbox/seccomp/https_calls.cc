#include "common/sandbox/seccomp/https_calls.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

namespace zomg::sandbox {
namespace {

constexpr auto kHttpsCalls = std::to_array<Call>({
    {"socket", arg(0) == AF_INET, (arg(1) & kSocketKind) == SOCK_STREAM},
    {"socket", arg(0) == AF_INET6, (arg(1) & kSocketKind) == SOCK_STREAM},
    {"socket", arg(0) == AF_INET6, (arg(1) & kSocketKind) == SOCK_DGRAM},  // whether there is IPv6
    {"socketpair", arg(0) == AF_UNIX, (arg(1) & kSocketKind) == SOCK_STREAM},  // to wake itself
    {"eventfd2", arg(0) == 0},  // the same, libcurl 8
    "connect",
    {"getsockopt", arg(1) == SOL_SOCKET, arg(2) == SO_ERROR},
    {"setsockopt", arg(1) == SOL_SOCKET, arg(2) == SO_KEEPALIVE},
    {"setsockopt", arg(1) == IPPROTO_TCP, arg(2) == TCP_NODELAY},
    {"setsockopt", arg(1) == IPPROTO_TCP, arg(2) == TCP_KEEPIDLE},
    {"setsockopt", arg(1) == IPPROTO_TCP, arg(2) == TCP_KEEPINTVL},
    {"setsockopt", arg(1) == IPPROTO_TCP, arg(2) == TCP_KEEPCNT},
    "getsockname",
    "getpeername",
    "sendto",
    "recvfrom",
    "read",
    "poll",
    {"fcntl", arg(1) == F_GETFL},
    {"fcntl", arg(1) == F_SETFL, (arg(2) & O_ASYNC) == 0},
});

}  // namespace

const SyscallSet kHttps{"HTTPS by libcurl and OpenSSL", kHttpsCalls};

}  // namespace zomg::sandbox
