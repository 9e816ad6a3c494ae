#include "monitor/helpers/resolver/sandbox.h"

#include <fcntl.h>

#include <array>

#include "monitor/helpers/lookup/sandbox.h"

namespace zomg::resolver {
namespace {

using sandbox::arg;
using sandbox::kSocketKind;

constexpr auto kCurlCalls = std::to_array<sandbox::Call>({
    {"socket", arg(0) == AF_UNIX, (arg(1) & kSocketKind) == SOCK_STREAM},
    {"socketpair", arg(0) == AF_UNIX, (arg(1) & kSocketKind) == SOCK_STREAM},  // to wake itself
    {"eventfd2", arg(0) == 0},                                       // the same, libcurl 8
    sandbox::refused({"socket", arg(0) == AF_INET6}, EAFNOSUPPORT),  // whether there is IPv6
    "connect",
    {"getsockopt", arg(1) == SOL_SOCKET, arg(2) == SO_ERROR},
    "getsockname",
    "getpeername",
    "sendto",
    "recvfrom",
    "poll",
    {"fcntl", arg(1) == F_GETFL},
    {"fcntl", arg(1) == F_SETFL, (arg(2) & O_ASYNC) == 0},
});
constexpr auto kFilterCalls = std::to_array<sandbox::Call>({
    "newfstatat",
    "fstat",
    {"fcntl", arg(1) == F_DUPFD_CLOEXEC},
});
constexpr auto kSocketFileCalls = std::to_array<sandbox::Call>({"newfstatat", "fstat"});

constexpr std::array kSets{
    sandbox::SyscallSet{"libcurl's HTTP over a socket", kCurlCalls},
    sandbox::SyscallSet{"the seccomp filter, by libseccomp into its memfd", kFilterCalls},
    sandbox::SyscallSet{"whether the runtime's socket was replaced", kSocketFileCalls},
};

}  // namespace

common::Result<void> enter_sandbox(const sandbox::Account& account, const CriSocket& socket) {
  return lookup::enter_sandbox(
      {account, socket.groups(), socket.directories(), /*network=*/false, kSets});
}

}  // namespace zomg::resolver
