#include "monitor/helpers/audit/sandbox.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/log.h"
#include "common/ipc/shelf.h"
#include "common/messages/event.h"
#include "common/program/confinement.h"
#include "monitor/helpers/audit/trail.h"
#include "tests/unit/common/sandbox/seccomp/forbidden_calls.h"

namespace zomg::audit {
namespace {

constexpr sandbox::Account kAccount{65534, 65534};

/// Each test runs in a process of its own: there is no way back out of a sandbox.
class AuditSandboxDeathTest : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    log::start("audit_test", log::Level::kInfo);
  }
  static void enter() {
    if (!program::confine(kRow, {.account = kAccount})) ::_exit(99);
  }
};

TEST_F(AuditSandboxDeathTest, KillsForbiddenCalls) {
  EXPECT_EXIT((enter(), (void)::open("/x", O_RDONLY)), testing::KilledBySignal(SIGSYS), "");
  EXPECT_EXIT((enter(), (void)::socket(AF_INET, SOCK_STREAM, 0)), testing::KilledBySignal(SIGSYS),
              "");
  EXPECT_EXIT((enter(), ::execl("/bin/true", "true", nullptr)), testing::KilledBySignal(SIGSYS),
              "");
}

TEST_F(AuditSandboxDeathTest, ReachesNoOtherProcessAndRunsNoCodeOfItsOwn) {
  sandbox::expect_forbidden(enter);
}

TEST_F(AuditSandboxDeathTest, LetsItReceiveAndWrite) {
  const auto work = [] {
    auto ends = common::make_packet_socketpair();
    const ipc::Channel monitor(std::move(ends->first));
    const ipc::Channel own(std::move(ends->second));
    const auto shelf = ipc::Shelf::of({STDERR_FILENO});
    (void)monitor.send(messages::AuditOutput{}, {shelf->fd()}).has_value();
    (void)monitor.send(messages::LookupEnded{}).has_value();
    enter();
    Trail trail;
    for (int i = 0; i < 2; ++i) {
      auto packet = own.receive();
      if (!packet || !trail.handle(std::move(*packet))) ::_exit(1);
    }
    log::warning("still here");
    ::_exit(0);
  };
  EXPECT_EXIT(work(), testing::ExitedWithCode(0), "lookup.*\n.*still here");
}

TEST_F(AuditSandboxDeathTest, RefusesToRunAsRoot) {
  EXPECT_EXIT(::_exit(program::confine(kRow, {}) ? 0 : 1), testing::ExitedWithCode(1), "");
}

}  // namespace
}  // namespace zomg::audit
