// A listener that is refused processes, but not for its own user's number of them. It needs root.

#include "listener/acceptor.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/messages/listener.h"
#include "common/sandbox/counted_apart.h"
#include "tests/unit/pids_cgroup.h"

namespace zomg::listener {
namespace {

using common::Fd;

/// Plays the monitor and the clients of a listener in a process of its own.
class AcceptorTest : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    listening_ = Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address_);
    auto* address = reinterpret_cast<sockaddr*>(&address_);
    ASSERT_EQ(::bind(listening_.get(), address, size), 0);
    ASSERT_EQ(::listen(listening_.get(), 16), 0);
    ASSERT_EQ(::getsockname(listening_.get(), address, &size), 0);
  }
  void TearDown() override {
    if (listener_ <= 0) return;
    ::kill(listener_, SIGKILL);
    ::waitpid(listener_, nullptr, 0);
  }

  void start(bool (*prepare)(const PidsCgroup&)) {
    auto ends = common::make_packet_socketpair().value();
    listener_ = ::fork();
    if (listener_ == 0) {
      ends.first.reset();
      Settings settings;
      settings.connection_program = Fd(::open("/bin/true", O_PATH | O_CLOEXEC));
      settings.sockets.push_back(std::move(listening_));
      auto children = Children::make();
      if (!children || !prepare(cgroup_)) ::_exit(1);
      Acceptor acceptor(ipc::Channel(std::move(ends.second)), std::move(settings),
                        std::move(*children));
      ::_exit(acceptor.run() ? 0 : 1);
    }
    monitor_ = ipc::Channel(std::move(ends.first));
  }

  /// Whether the listener asks about one more client. It is admitted.
  bool admits_a_client() {
    const Fd client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const auto* address = reinterpret_cast<const sockaddr*>(&address_);
    if (::connect(client.get(), address, sizeof(address_)) != 0) return false;
    pollfd question{monitor_.fd(), POLLIN, 0};
    if (::poll(&question, 1, 20'000) != 1) return false;
    if (!monitor_.receive_message<messages::AdmitConnection>()) return false;
    const auto connection = common::make_packet_socketpair().value();
    return monitor_.send(messages::ConnectionAdmitted{true, 1}, {connection.second.get()})
        .has_value();
  }

  const PidsCgroup cgroup_{"zomg-acceptor-test-" + std::to_string(::getpid())};
  Fd listening_;
  sockaddr_in address_{};
  pid_t listener_ = -1;
  ipc::Channel monitor_;
};

TEST_F(AcceptorTest, StaysWhenItsCgroupIsFull) {
  if (!cgroup_.limit_to("1")) GTEST_SKIP() << "needs a cgroup of pids";
  start([](const PidsCgroup& cgroup) { return cgroup.join(); });
  for (int client = 0; client < 5; ++client) ASSERT_TRUE(admits_a_client()) << client;
}

TEST_F(AcceptorTest, StaysWhenNobodyHadTheTimeToFindItsUserOut) {
  start([](const PidsCgroup&) {
    const rlimit one{1, 1};
    sandbox::count_apart();
    const uid_t user = ::getuid();
    return ::setresuid(user, user, user) == 0 && ::setrlimit(RLIMIT_NPROC, &one) == 0;
  });
  for (int client = 0; client < 5; ++client) ASSERT_TRUE(admits_a_client()) << client;
}

}  // namespace
}  // namespace zomg::listener
