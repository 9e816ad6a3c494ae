#include "monitor/helpers/keyring/sandbox.h"

#include <fcntl.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <sys/ioctl.h>

#include "common/base/limits.h"
#include "common/sandbox/seccomp/https_calls.h"

namespace zomg::keyring {
namespace {

using sandbox::arg;
using sandbox::kSocketKind;

constexpr auto kChannelCalls =
    std::to_array<sandbox::Call>({"recvfrom", "recvmsg", "sendmsg", "poll"});
constexpr auto kNameCalls = std::to_array<sandbox::Call>({
    {"openat", (arg(2) & (O_ACCMODE | O_CREAT)) == O_RDONLY},
    "read",
    "newfstatat",
    "fstat",  // fstat(3) since glibc 2.39
    "lseek",
    "uname",
    {"socket", arg(0) == AF_INET, (arg(1) & kSocketKind) == SOCK_DGRAM},
    {"socket", arg(0) == AF_INET6, (arg(1) & kSocketKind) == SOCK_DGRAM},
    {"socket", arg(0) == AF_NETLINK, arg(2) == NETLINK_ROUTE},      // which addresses this host has
    sandbox::refused({"socket", arg(0) == AF_UNIX}, EAFNOSUPPORT),  // nscd(8)
    {"setsockopt", arg(1) == IPPROTO_IP, arg(2) == IP_RECVERR},
    {"setsockopt", arg(1) == IPPROTO_IPV6, arg(2) == IPV6_RECVERR},
    "bind",
    "recvmsg",
    "sendmmsg",
    {"ioctl", arg(1) == FIONREAD},
});
constexpr auto kStateCalls = std::to_array<sandbox::Call>({
    "newfstatat",
    "fstat",
    "pread64",
    "pwrite64",
    "ftruncate",
    "fsync",
    {"fcntl", arg(1) == F_SETLK},
});

constexpr sandbox::SyscallSet kChannel{"the channel to the monitor", kChannelCalls};
constexpr sandbox::SyscallSet kNames{"the C library's resolver and its files", kNameCalls};
constexpr sandbox::SyscallSet kState{"the state files", kStateCalls};
constexpr std::array kCalls{&sandbox::kRuntime, &sandbox::kThreads,  // one a name to resolve
                            &kChannel,          &sandbox::kHttps,   &kNames, &kState};

constexpr std::array kLimits{
    program::Limit{RLIMIT_NOFILE, limits::kKeyringDescriptors},
    program::Limit{RLIMIT_DATA, limits::kKeyringDataBytes},
    program::Limit{RLIMIT_FSIZE, limits::kMaxKeyringStateBytes},
};

}  // namespace

constinit const program::Row kRow{.name = "zomg-ssh-keyring",
                                  .short_name = "zomg-ssh-keyring",
                                  .ignored_signals = program::kBrokenPipe,
                                  .descriptors = program::kHelperDescriptors,
                                  .network = program::Network::kInherited,
                                  .root = program::Root::kOfPlace,
                                  .counted = program::Counted::kApart,
                                  .starts_threads = true,
                                  .limits = kLimits,
                                  .calls = kCalls,
                                  .otherwise = sandbox::DeniedAction::kRefuse};

}  // namespace zomg::keyring
