#include "sessiond/kubectl/sandbox.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>

#include "sessiond/kubectl/kubectl_process.h"

namespace zomg::kubectl {
namespace {

using sandbox::arg;
using sandbox::kSocketKind;

constexpr auto kSupervisorCalls = std::to_array<sandbox::Call>({
    "recvmsg",
    "recvfrom",
    "sendmsg",
    "poll",
    "ppoll",
    "waitid",
    {"clone", arg(0) == (CLONE_PIDFD | SIGCHLD)},
    {"execveat", arg(4) == AT_EMPTY_PATH},
    "setsid",
    "dup2",
    {"fcntl", arg(1) == F_DUPFD_CLOEXEC},
    {"fcntl", arg(1) == F_SETFD},
    {"fcntl", arg(1) == F_GETFL},
    {"fcntl", arg(1) == F_SETFL, (arg(2) & O_ASYNC) == 0},
    {"ioctl", arg(1) == TCGETS},
    {"ioctl", arg(1) == TCSETS},
    {"ioctl", arg(1) == TIOCGWINSZ},
    {"ioctl", arg(1) == TIOCSWINSZ},
    {"ioctl", arg(1) == TIOCSCTTY},
    "read",
    "writev",
    {"prlimit64", arg(0) == 0},
    "close_range",
    "pidfd_send_signal",
    "rt_sigaction",
});

/// As it starts threads; with TLS where it says so in assembly.
constexpr int kGoThreadFlags =
    CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_SYSVSEM | CLONE_THREAD;
/// linux/prctl.h; older headers have none.
constexpr int kPrSetVma = 0x53564d41;

/// Seen with kubectl 1.20 (Go 1.15, 1.19) to 1.35 (Go 1.25).
constexpr auto kGoCalls = std::to_array<sandbox::Call>({
    {"clone", (arg(0) & ~CLONE_SETTLS) == kGoThreadFlags},
    "tgkill",  // its threads; there is nobody else in its pid namespace
    "madvise",
    {"fcntl", arg(1) == F_GETFD},  // of the standard three, from Go 1.21 on
    {"prctl", arg(0) == PR_SET_NAME},
    {"prctl", arg(0) == kPrSetVma},
    {"sched_getaffinity", arg(0) == 0},
    {"socket", arg(0) == AF_INET, (arg(1) & kSocketKind) == SOCK_STREAM},
    {"socket", arg(0) == AF_INET6, (arg(1) & kSocketKind) == SOCK_STREAM},
    {"socket", arg(0) == AF_INET, (arg(1) & kSocketKind) == SOCK_DGRAM},
    {"socket", arg(0) == AF_INET6, (arg(1) & kSocketKind) == SOCK_DGRAM},
    {"getsockopt", arg(1) == SOL_SOCKET},
    {"setsockopt", arg(1) == SOL_SOCKET, arg(2) == SO_KEEPALIVE},
    {"setsockopt", arg(1) == SOL_SOCKET, arg(2) == SO_BROADCAST},
    {"setsockopt", arg(1) == SOL_SOCKET, arg(2) == SO_REUSEADDR},
    {"setsockopt", arg(1) == IPPROTO_IPV6, arg(2) == IPV6_V6ONLY},
    {"setsockopt", arg(1) == IPPROTO_TCP, arg(2) == TCP_NODELAY},
    {"setsockopt", arg(1) == IPPROTO_TCP, arg(2) == TCP_KEEPIDLE},
    {"setsockopt", arg(1) == IPPROTO_TCP, arg(2) == TCP_KEEPINTVL},
    {"setsockopt", arg(1) == IPPROTO_TCP, arg(2) == TCP_KEEPCNT},
    {"setsockopt", arg(1) == IPPROTO_TCP, arg(2) == TCP_USER_TIMEOUT},
    "arch_prctl",
    "bind",
    "connect",
    "dup3",
    "epoll_create1",
    "epoll_create",
    "epoll_ctl",
    "epoll_pwait",
    "epoll_wait",
    "eventfd2",
    "faccessat",
    "faccessat2",
    "fstat",
    "getcwd",
    "getdents64",
    "getegid",
    "geteuid",
    "getgid",
    "getpeername",
    "getppid",
    "getrlimit",
    "getsockname",
    "getuid",
    "lseek",
    "mincore",
    "mkdirat",
    "nanosleep",
    "newfstatat",
    "openat",
    "pipe2",
    "pread64",
    "readlinkat",
    "rt_sigtimedwait",
    "sched_yield",
    "sendto",
    "set_robust_list",
    "set_tid_address",
    "setitimer",
    "shutdown",
    "sigaltstack",
    "sysinfo",
    "timer_create",
    "timer_delete",
    "timer_settime",
    "uname",
    "unlinkat",
    "wait4",
    "clock_nanosleep",
});

constexpr sandbox::SyscallSet kSupervisor{"session streams, kubectl's start and end",
                                          kSupervisorCalls};
constexpr sandbox::SyscallSet kGo{"the Go runtime and its network in kubectl", kGoCalls};
constexpr std::array kCalls{&sandbox::kRuntime, &sandbox::kThreads, &kSupervisor, &kGo};

constexpr std::array kLimits{
    // kubectl has some 20, and one that hangs the session up as many. Where all sessions by kubectl share an
    // account: 800 of 20 each, which would take 40 GiB.
    program::Limit{.resource = RLIMIT_NPROC, .value = 256, .shared = 16384},
    // Either process has a dozen.
    program::Limit{RLIMIT_NOFILE, 256},
    // kubectl has 70 MiB, the Go runtime's reserve included.
    program::Limit{RLIMIT_DATA, 512 * 1024 * 1024},
    program::Limit{RLIMIT_FSIZE, 0},
    program::Limit{RLIMIT_MEMLOCK, 0},
};

/// The client's terminal is its controlling one.
constexpr std::array kIgnored{SIGPIPE, SIGHUP};

}  // namespace

constinit const program::Row kRow{.name = "zomg-ssh-kubectl",
                                  .short_name = "zomg-ssh-kubectl",
                                  .ignored_signals = kIgnored,
                                  .descriptors = program::kHelperDescriptors,
                                  .network = program::Network::kInherited,
                                  .pids = program::Pids::kOwn,
                                  .root = program::Root::kOfPlace,
                                  .counted = program::Counted::kAsOwnUser,
                                  .ends_with_parent = true,
                                  .limits = kLimits,
                                  .calls = kCalls,
                                  .otherwise = sandbox::DeniedAction::kFail};

common::Result<std::vector<sandbox::RootFile>> split_files(std::string_view files, uid_t account) {
  const std::size_t end = files.find('\0');
  if (end == std::string_view::npos) return common::error("the files for kubectl are not two");
  return std::vector<sandbox::RootFile>{
      {kHostsPath, std::string(files.substr(0, end)), account},
      {kKubeconfigPath, std::string(files.substr(end + 1)), account}};
}

}  // namespace zomg::kubectl
