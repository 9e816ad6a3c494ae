#include "monitor/helpers/recorder/sandbox.h"

#include <fcntl.h>
#include <sys/ioctl.h>

namespace zomg::recorder {
namespace {

using sandbox::arg;

constexpr auto kChannelCalls =
    std::to_array<sandbox::Call>({"recvfrom", "recvmsg", "sendto", "sendmsg", "poll", "ppoll"});
constexpr auto kTerminalCalls = std::to_array<sandbox::Call>({
    "read",
    {"ioctl", arg(1) == TCGETS},
    {"ioctl", arg(1) == TCSETS},
    {"ioctl", arg(1) == TIOCGWINSZ},
    {"ioctl", arg(1) == TIOCSWINSZ},
    {"ioctl", arg(1) == TIOCGPTN},
    {"fcntl", arg(1) == F_GETFL},
    {"fcntl", arg(1) == F_SETFL, (arg(2) & O_ASYNC) == 0},
});
constexpr auto kFileCalls = std::to_array<sandbox::Call>({
    {"openat", (arg(2) & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL)},
});

constexpr sandbox::SyscallSet kChannels{"control messages", kChannelCalls};
constexpr sandbox::SyscallSet kTerminals{"two terminals, and their sizes", kTerminalCalls};
constexpr sandbox::SyscallSet kFiles{"the next file of a recording", kFileCalls};
constexpr std::array kCalls{&sandbox::kRuntime, &kChannels, &kTerminals, &kFiles};

constexpr std::array kLimits{
    program::Limit{RLIMIT_NPROC, 0},
    // The standard three, two control sockets, two terminals, a signalfd, the directory, a file, and
    // what one packet may bring.
    program::Limit{RLIMIT_NOFILE, 16},
};

/// What its terminal sends for keys until the session has it is not meant for the recorder.
constexpr std::array kIgnored{SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGXFSZ, SIGQUIT, SIGTSTP};

}  // namespace

constinit const program::Row kRow{.name = "zomg-ssh-recorder",
                                  .short_name = "zomg-ssh-recorder",
                                  .ignored_signals = kIgnored,
                                  .descriptors = program::kHelperDescriptors,
                                  .counted = program::Counted::kApart,
                                  .limits = kLimits,
                                  .calls = kCalls};

}  // namespace zomg::recorder
