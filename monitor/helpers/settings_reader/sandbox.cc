#include "monitor/helpers/settings_reader/sandbox.h"

#include "common/base/limits.h"

namespace zomg::settings_reader {
namespace {

constexpr auto kFileCalls = std::to_array<sandbox::Call>({"read"});
constexpr sandbox::SyscallSet kFile{"the file on 0", kFileCalls};
constexpr std::array kCalls{&sandbox::kRuntime, &kFile};

constexpr std::array kDescriptors{
    program::Descriptor{0, program::Kind::kAny, "the file"},
    program::Descriptor{1, program::Kind::kNull, "/dev/null"},
    program::Descriptor{2, program::Kind::kAny, "the log"},
    program::Descriptor{3, program::Kind::kPipe, "the pipe to the monitor"}};

constexpr std::array kLimits{program::Limit{RLIMIT_DATA, limits::kSettingsReaderDataBytes}};

}  // namespace

constinit const program::Row kRow{.name = "zomg-ssh-settings-reader",
                                  .short_name = "zomg-ssh-settings-reader",
                                  .descriptors = kDescriptors,
                                  .network = program::Network::kInherited,
                                  .root = program::Root::kInherited,
                                  .user = program::User::kAccountIfRoot,
                                  .limits = kLimits,
                                  .calls = kCalls,
                                  .otherwise = sandbox::DeniedAction::kRefuse};

}  // namespace zomg::settings_reader
