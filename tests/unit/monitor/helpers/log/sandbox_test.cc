#include "monitor/helpers/log/sandbox.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/log.h"
#include "common/messages/log.h"
#include "common/program/confinement.h"
#include "monitor/helpers/log/writer.h"

namespace zomg::log_writer {
namespace {

constexpr sandbox::Account kAccount{65534, 65534};

/// Each test runs in a process of its own: there is no way back out of a sandbox.
class LogSandboxDeathTest : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    log::start("log_test", log::Level::kInfo);
  }
  static void enter() {
    if (!program::confine(kRow, {.account = kAccount})) ::_exit(99);
  }
};

TEST_F(LogSandboxDeathTest, KillsForbiddenCalls) {
  EXPECT_EXIT((enter(), (void)::open("/x", O_RDONLY)), testing::KilledBySignal(SIGSYS), "");
  EXPECT_EXIT((enter(), (void)::socket(AF_INET, SOCK_STREAM, 0)), testing::KilledBySignal(SIGSYS),
              "");
  EXPECT_EXIT((enter(), ::execl("/bin/true", "true", nullptr)), testing::KilledBySignal(SIGSYS),
              "");
  EXPECT_EXIT((enter(), (void)::kill(1, 0)), testing::KilledBySignal(SIGSYS), "");
}

TEST_F(LogSandboxDeathTest, LetsItReadAndWrite) {
  const auto work = [] {
    auto own = common::make_packet_socketpair();
    auto others = common::make_packet_socketpair();
    auto channel = common::make_packet_socketpair();
    const ipc::Channel supervisor(std::move(channel->first));
    (void)supervisor.send(messages::FlushLog{}).has_value();
    (void)::send(own->second.get(), "a line\n", 7, 0);
    own->second.reset();
    others->second.reset();
    enter();
    Writer writer(own->first.get(), others->first.get(), STDERR_FILENO,
                  ipc::Channel(std::move(channel->second)));
    ::_exit(writer.run() && supervisor.receive() ? 0 : 1);
  };
  EXPECT_EXIT(work(), testing::ExitedWithCode(0), "a line\n");
}

TEST_F(LogSandboxDeathTest, RefusesToRunAsRoot) {
  EXPECT_EXIT(::_exit(program::confine(kRow, {}) ? 0 : 1), testing::ExitedWithCode(1), "");
}

}  // namespace
}  // namespace zomg::log_writer
