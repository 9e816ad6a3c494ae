#include "monitor/helpers/resolver/sandbox.h"

#include <fcntl.h>

#include "monitor/helpers/lookup/confinement.h"

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

constexpr sandbox::SyscallSet kCurl{"libcurl's HTTP over a socket", kCurlCalls};
constexpr sandbox::SyscallSet kFilter{"the seccomp filter, by libseccomp into its memfd",
                                      kFilterCalls};
constexpr sandbox::SyscallSet kSocketFile{"whether the runtime's socket was replaced",
                                          kSocketFileCalls};
constexpr std::array kCalls{
    &sandbox::kRuntime, &sandbox::kThreads, &lookup::kChannel, &lookup::kSealedFiles, &kCurl,
    &kFilter,           &kSocketFile};

}  // namespace

constinit const program::Row kRow{.name = "zomg-ssh-resolver",
                                  .short_name = "zomg-ssh-resolver",
                                  .ignored_signals = program::kBrokenPipe,
                                  .descriptors = program::kHelperDescriptors,
                                  .root = program::Root::kOfPlace,
                                  .counted = program::Counted::kApart,
                                  .starts_threads = true,
                                  .limits = lookup::kLimits,
                                  .calls = kCalls,
                                  .otherwise = sandbox::DeniedAction::kRefuse};

}  // namespace zomg::resolver
