#pragma once

#include <fcntl.h>
#include <linux/prctl.h>
#include <sys/socket.h>

#include "common/sandbox/seccomp/system_call.h"

namespace zomg::sandbox {

/// What a connection process does not do, and newer versions of the C library, libcrypto or libssh
/// may: other variants of what it does, and questions about itself. None reaches beyond the process.
/// They fail, and the monitor is told by the place in this list. Whatever else it calls kills it, for
/// all that it links is in its program: what that calls is known since it was built.
inline constexpr auto kNewerCalls = std::to_array<Call>({
    // memory, threads and signals of its own
    noted("madvise"),
    noted("mlock"),
    noted("mlock2"),
    noted("munlock"),
    noted("membarrier"),
    noted("rseq"),
    noted("set_robust_list"),
    noted("futex_waitv"),
    noted("sched_yield"),
    noted("sched_getaffinity"),
    noted("getcpu"),
    noted("rt_sigaction"),
    noted("sigaltstack"),
    noted({"prctl", arg(0) == PR_SET_VMA}),
    // time
    noted("clock_getres"),
    noted("clock_nanosleep"),
    noted("nanosleep"),
    // what it is, and where
    noted("uname"),
    noted("sysinfo"),
    noted("getrusage"),
    noted("getppid"),
    noted("getuid"),
    noted("geteuid"),
    noted("getgid"),
    noted("getegid"),
    // descriptors that it has
    noted("ppoll"),
    noted("readv"),
    noted("writev"),
    noted("recvmmsg"),
    noted("sendmmsg"),
    noted("lseek"),
    noted("statx"),
    noted("getsockname"),
    noted("getpeername"),
    noted({"getsockopt", arg(1) == SOL_SOCKET}),
    noted({"fcntl", arg(1) == F_GETFD}),
    noted({"fcntl", arg(1) == F_SETFD}),
});

}  // namespace zomg::sandbox
