#pragma once

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>

#include "common/sandbox/seccomp/system_call.h"

namespace zomg::sandbox {

/// What a connection process does. The listener's filter has to allow it, too: a connection process
/// inherits that, and a filter only ever narrows.
inline constexpr auto kClientCalls = std::to_array<Call>({
    "poll",
    "recvfrom",
    "sendto",
    "recvmsg",
    "sendmsg",
    "read",
    "shutdown",
    {"setsockopt", arg(1) == IPPROTO_TCP, arg(2) == TCP_QUICKACK},
    {"getsockopt", arg(1) == IPPROTO_TCP, arg(2) == TCP_INFO},
});
inline constexpr auto kProgramCalls = std::to_array<Call>({
    "newfstatat",
    "fstat",
    {"fcntl", arg(1) == F_GETFL},
    {"fcntl", arg(1) == F_SETFL, (arg(2) & O_ASYNC) == 0},
    {"fcntl", arg(1) == F_GETPIPE_SZ},
    {"ioctl", arg(1) == FIONREAD},
    {"ioctl", arg(1) == TCGETS},
    {"ioctl", arg(1) == TCSETS},
    {"ioctl", arg(1) == TCSBRK, arg(2) == 0},
    {"ioctl", arg(1) == TIOCGPTN},
    {"ioctl", arg(1) == TIOCSWINSZ},
});
inline constexpr std::array kConnectionSets{
    SyscallSet{"the client's socket and the monitor's channel", kClientCalls},
    SyscallSet{"a program's pipes and terminal, and what they are", kProgramCalls},
};

}  // namespace zomg::sandbox
