#include "monitor/helpers/metrics/sandbox.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "common/base/log.h"
#include "common/program/confinement.h"
#include "monitor/helpers/metrics/http_server.h"
#include "tests/unit/common/sandbox/seccomp/forbidden_calls.h"

namespace zomg::metrics {
namespace {

constexpr sandbox::Account kAccount{65534, 65534};

/// Each test runs in a process of its own: there is no way back out of a sandbox.
class MetricsSandboxDeathTest : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    log::start("metrics_test", log::Level::kInfo);
  }
  static void enter() {
    if (!program::confine(kRow, {.account = kAccount})) ::_exit(99);
  }
};

TEST_F(MetricsSandboxDeathTest, LetsNoForbiddenCallThrough) {
  EXPECT_EXIT((enter(), sandbox::end_by(::open("/x", O_RDONLY))),
              testing::ExitedWithCode(sandbox::kRefusedStatus), "");
  EXPECT_EXIT((enter(), sandbox::end_by(::socket(AF_INET, SOCK_STREAM, 0))),
              testing::ExitedWithCode(sandbox::kRefusedStatus), "");
  EXPECT_EXIT((enter(), ::execl("/bin/true", "true", nullptr)), testing::KilledBySignal(SIGSYS),
              "");
}

/// A socket that listens on loopback, and the client's end of a connection to it.
common::FdPair listening_and_client() {
  common::Fd listening(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  common::Fd client(::socket(AF_INET, SOCK_STREAM, 0));
  if (::bind(listening.get(), generic, size) != 0 || ::listen(listening.get(), 1) != 0 ||
      ::getsockname(listening.get(), generic, &size) != 0 ||
      ::connect(client.get(), generic, size) != 0) {
    ::_exit(98);
  }
  return {std::move(listening), std::move(client)};
}

TEST_F(MetricsSandboxDeathTest, ReachesNoOtherProcessAndRunsNoCodeOfItsOwn) {
  sandbox::expect_forbidden(enter);
}

TEST_F(MetricsSandboxDeathTest, LetsItServe) {
  const auto work = [] {
    auto ends = listening_and_client();
    auto server = HttpServer::make(std::move(ends.first), [](std::string_view path, auto) {
      return HttpServer::Reply{200, "text/plain", "this is " + std::string(path)};
    });
    constexpr std::string_view kRequest = "GET /there HTTP/1.1\r\nHost: x\r\n\r\n";
    if (!server || ::send(ends.second.get(), kRequest.data(), kRequest.size(), 0) < 0) ::_exit(1);
    enter();
    std::array<char, 4096> answer{};
    for (int i = 0; i < 1000; ++i) {
      (*server)->run();
      if (::recv(ends.second.get(), answer.data(), answer.size() - 1, MSG_DONTWAIT) > 0) break;
    }
    ::_exit(std::strstr(answer.data(), "this is /there") != nullptr ? 0 : 2);
  };
  EXPECT_EXIT(work(), testing::ExitedWithCode(0), "");
}

TEST_F(MetricsSandboxDeathTest, RefusesToRunAsRoot) {
  EXPECT_EXIT(::_exit(program::confine(kRow, {}) ? 0 : 1), testing::ExitedWithCode(1), "");
}

}  // namespace
}  // namespace zomg::metrics
