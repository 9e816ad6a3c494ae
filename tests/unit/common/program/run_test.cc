#include "common/program/run.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <functional>

#include "tests/unit/common/program/in_child.h"

namespace zomg::program {
namespace {

constexpr auto kMoreCalls = std::to_array<sandbox::Call>({"getppid", "rt_sigaction", "prctl"});
constexpr sandbox::SyscallSet kMore{"what the test looks at", kMoreCalls};
constexpr std::array kCalls{&sandbox::kRuntime, &kMore};
constexpr std::array kLimits{Limit{RLIMIT_NPROC, 0}, Limit{RLIMIT_NOFILE, 16}};
constinit const Row kRow{.name = "zomg-ssh-tried",
                         .short_name = "tried",
                         .ignored_signals = kBrokenPipe,
                         .descriptors = kHelperDescriptors,
                         .limits = kLimits,
                         .calls = kCalls};

/// What the two parts of a program have in common.
struct Steps {
  ipc::Channel channel;
};

common::Result<Steps> prepare(ipc::Channel channel, Place& place) {
  place.account = {65534, 65534};
  log::info("prepared as {}, dumpable {}", ::geteuid(), ::prctl(PR_GET_DUMPABLE));
  return Steps{std::move(channel)};
}
common::Result<void> serve(Steps& /*steps*/) {
  log::info("served, filter {}, SIGPIPE {}", ::prctl(PR_GET_SECCOMP),
            ::signal(SIGPIPE, SIG_IGN) == SIG_IGN ? "ignored" : "not ignored");
  return {};
}
common::Result<Steps> fail_to_prepare(ipc::Channel /*channel*/, Place& /*place*/) {
  return common::error("no settings");
}
common::Result<Steps> prepare_for_root(ipc::Channel channel, Place& /*place*/) {
  return Steps{std::move(channel)};
}
common::Result<void> fail_to_serve(Steps& /*steps*/) {
  return common::error("no work");
}
void tell(Steps& /*steps*/) {
  log::info("told");
}

/// What is logged, and the exit status, of a process with the descriptors of a helper, after `change`.
std::string logged(
    const std::function<int()>& run, const std::function<void()>& change = [] {}) {
  return in_child([&] {
    auto ends = common::make_packet_socketpair();
    common::install_fd(::open("/dev/null", O_RDWR), 0);
    common::install_fd(0, 1);
    common::install_fd(kSaid, 2);
    common::install_fd(ends->first.get(), 98);
    common::install_fd(98, 3);
    common::close_all_but({3});
    change();
    const int status = run();
    return fmt::format("status {}", status);
  });
}

class RunDeathTest : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
#ifdef ZOMG_SANITIZED
    GTEST_SKIP() << "the sanitizers' run-time library makes more calls";
#endif
  }
};

TEST_F(RunDeathTest, GoesThroughAllSteps) {
  const auto said = logged([] { return run(kRow, prepare, serve); });
  EXPECT_THAT(said, testing::MatchesRegex(".*zomg-ssh-tried.*prepared as 0, dumpable 0\n"
                                          ".*served, filter 2, SIGPIPE ignored\nstatus 0"));
}

TEST_F(RunDeathTest, DoesNothingWithADescriptorTooMany) {
  const auto said =
      logged([] { return run(kRow, prepare, serve); }, [] { ::open("/etc/passwd", O_RDONLY); });
  EXPECT_THAT(said, testing::MatchesRegex(
                        ".*cannot start: descriptor 4 .*passwd.* is open, which this program "
                        "is not to have\nstatus 1"));
}

TEST_F(RunDeathTest, SaysWhatFailed) {
  auto said = logged([] { return run(kRow, fail_to_prepare, serve, tell); });
  EXPECT_THAT(said, testing::MatchesRegex("[^\n]*cannot start: no settings\nstatus 1"));
  said = logged([] { return run(kRow, prepare_for_root, serve, tell); });
  EXPECT_THAT(said, testing::MatchesRegex(
                        ".*told\n.*cannot start: sandbox: refusing to run as root\nstatus 1"));
  said = logged([] { return run(kRow, prepare, fail_to_serve, tell); });
  EXPECT_THAT(said, testing::MatchesRegex(".*prepared.*\n.*told\n.*no work\nstatus 1"));
}

}  // namespace
}  // namespace zomg::program
