#include "monitor/helpers/file_reader/sandbox.h"

#include <fcntl.h>

namespace zomg::file_reader {
namespace {

using sandbox::arg;

constexpr auto kFileCalls = std::to_array<sandbox::Call>({"newfstatat", "fstat", "read", "lseek"});
constexpr int kHow = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND;
constexpr auto kReadCalls = std::to_array<sandbox::Call>({{"openat", (arg(2) & kHow) == O_RDONLY}});
constexpr auto kAppendCalls =
    std::to_array<sandbox::Call>({{"openat", (arg(2) & kHow) == (O_WRONLY | O_CREAT | O_APPEND)}});
constexpr auto kWayCalls = std::to_array<sandbox::Call>({"readlinkat", "geteuid"});
constexpr auto kWatchCalls = std::to_array<sandbox::Call>({"inotify_add_watch", "poll", "ppoll"});
constexpr auto kAnswerCalls = std::to_array<sandbox::Call>({
    "recvfrom",
    "recvmsg",
    "sendmsg",
});
constexpr sandbox::SyscallSet kFile{"the file", kFileCalls};
constexpr sandbox::SyscallSet kWay{"who else could have written it", kWayCalls};
constexpr sandbox::SyscallSet kChanges{"changes of it", kWatchCalls};
constexpr sandbox::SyscallSet kAnswers{"what is in it, for the monitor", kAnswerCalls};
constexpr std::array kCalls{&sandbox::kRuntime, &kFile, &kWay, &kChanges, &kAnswers};

constexpr sandbox::SyscallSet kRead{"to read it", kReadCalls};
constexpr sandbox::SyscallSet kAppend{"to write to it", kAppendCalls};
constexpr std::array kToRead{&kRead};
constexpr std::array kToAppend{&kAppend};

constexpr std::array kDescriptors{
    program::Descriptor{0, program::Kind::kAny, "/dev/null, or the end of a shelf"},
    program::Descriptor{1, program::Kind::kNull, "/dev/null"},
    program::Descriptor{2, program::Kind::kAny, "the log"},
    program::Descriptor{3, program::Kind::kSocket, "the channel to the monitor"}};

constexpr std::array kLimits{
    program::Limit{RLIMIT_NPROC, 0},
    // The standard three, the channel, and the file, two directories on the way to it, and the watch.
    program::Limit{RLIMIT_NOFILE, 16},
};

}  // namespace

constinit const program::Row kRow{.name = "zomg-ssh-file-reader",
                                  .short_name = "zomg-ssh-file",
                                  .ignored_signals = program::kBrokenPipe,
                                  .descriptors = kDescriptors,
                                  .network = program::Network::kInherited,
                                  .root = program::Root::kInherited,
                                  .user = program::User::kSame,
                                  .limits = kLimits,
                                  .calls = kCalls};

std::span<const sandbox::SyscallSet* const> calls_of(messages::FileTask task) {
  if (task == messages::FileTask::kOpenForAppend) return kToAppend;
  return kToRead;
}

}  // namespace zomg::file_reader
