#include "monitor/helpers/audit/sandbox.h"

namespace zomg::audit {
namespace {

constexpr auto kChannelCalls = std::to_array<sandbox::Call>({"recvfrom", "recvmsg"});
constexpr auto kOutputCalls = std::to_array<sandbox::Call>({"poll", "ppoll"});
constexpr sandbox::SyscallSet kChannel{"events on the channel", kChannelCalls};
constexpr sandbox::SyscallSet kOutput{"an output that does not block", kOutputCalls};
constexpr std::array kCalls{&sandbox::kRuntime, &kChannel, &kOutput};

constexpr std::array kLimits{
    program::Limit{RLIMIT_NPROC, 0},
    // The standard three, the channel, the output, and what one packet may bring.
    program::Limit{RLIMIT_NOFILE, 16},
};

}  // namespace

constinit const program::Row kRow{.name = "zomg-ssh-audit",
                                  .short_name = "zomg-ssh-audit",
                                  .ignored_signals = program::kUntilItsEndToFiles,
                                  .descriptors = program::kHelperDescriptors,
                                  .limits = kLimits,
                                  .calls = kCalls};

}  // namespace zomg::audit
