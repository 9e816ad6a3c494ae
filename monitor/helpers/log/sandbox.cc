#include "monitor/helpers/log/sandbox.h"

namespace zomg::log_writer {
namespace {

constexpr auto kLineCalls = std::to_array<sandbox::Call>({"poll", "ppoll", "recvfrom", "recvmsg"});
constexpr auto kChannelCalls = std::to_array<sandbox::Call>({"sendmsg"});
constexpr sandbox::SyscallSet kLines{"lines, and the channel", kLineCalls};
constexpr sandbox::SyscallSet kAnswers{"answers to the supervisor", kChannelCalls};
constexpr std::array kCalls{&sandbox::kRuntime, &kLines, &kAnswers};

constexpr std::array kDescriptors{
    program::Descriptor{0, program::Kind::kSocket, "the lines of supervisor and monitor"},
    program::Descriptor{1, program::Kind::kSocket, "the lines of all others"},
    program::Descriptor{2, program::Kind::kSocket, "the shelf with the log"},
    program::Descriptor{3, program::Kind::kSocket, "the channel to the supervisor"}};

constexpr std::array kLimits{
    program::Limit{RLIMIT_NPROC, 0},
    // The standard three, the channel, and what one packet may bring.
    program::Limit{RLIMIT_NOFILE, 16},
};

}  // namespace

constinit const program::Row kRow{.name = "zomg-ssh-log",
                                  .short_name = "zomg-ssh-log",
                                  .ignored_signals = program::kUntilItsEndToFiles,
                                  .descriptors = kDescriptors,
                                  .limits = kLimits,
                                  .calls = kCalls};

}  // namespace zomg::log_writer
