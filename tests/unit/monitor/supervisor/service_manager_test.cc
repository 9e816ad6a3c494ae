#include "monitor/supervisor/service_manager.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <map>

namespace zomg::monitor::service_manager {
namespace {

using common::Fd;

Environment variables(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const std::string& name) -> std::optional<std::string> {
    const auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  };
}

/// What a service manager would be told at `path`.
std::string told_at(const std::string& path, std::string_view state) {
  const Fd manager(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, path.size());
  if (path[0] == '@') address.sun_path[0] = '\0';
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  EXPECT_EQ(::bind(manager.get(), reinterpret_cast<const sockaddr*>(&address), size), 0);
  EXPECT_TRUE(notify(variables({{"NOTIFY_SOCKET", path}}), state));
  std::array<char, 256> buffer{};
  const ssize_t got = ::recv(manager.get(), buffer.data(), buffer.size(), 0);
  return {buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
}

TEST(Notify, ReachesASocketWithAPath) {
  std::string directory = testing::TempDir() + "zomg-notify-XXXXXX";
  ASSERT_NE(::mkdtemp(directory.data()), nullptr);
  EXPECT_EQ(told_at(directory + "/socket", "READY=1"), "READY=1");
  ::unlink((directory + "/socket").c_str());
  ::rmdir(directory.c_str());
}

TEST(Notify, ReachesAnAbstractSocket) {
  EXPECT_EQ(told_at("@zomg-test-" + std::to_string(::getpid()), "STOPPING=1"), "STOPPING=1");
}

TEST(Notify, DoesNothingWithoutASocketOrWithABadOne) {
  EXPECT_TRUE(notify(variables({}), "READY=1"));
  EXPECT_TRUE(notify(variables({{"NOTIFY_SOCKET", "/nonexistent/socket"}}), "READY=1"));
  EXPECT_TRUE(notify(variables({{"NOTIFY_SOCKET", std::string(500, 'x')}}), "READY=1"));
}

TEST(PassedSockets, AreNoneForAnotherProcessOrWithoutVariables) {
  EXPECT_TRUE(take_sockets(variables({}))->empty());
  EXPECT_TRUE(take_sockets(variables({{"LISTEN_PID", "1"}, {"LISTEN_FDS", "1"}}))->empty());
}

/// Runs take_sockets() in a child whose fd 3 is `passed`: 0 when it was taken as it should be.
int take_in_child(int passed) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(passed, 3);
    const auto sockets =
        take_sockets(variables({{"LISTEN_PID", std::to_string(::getpid())}, {"LISTEN_FDS", "1"}}));
    if (!sockets) ::_exit(1);
    const bool right = sockets->size() == 1 && (*sockets)[0].get() == 3 &&
                       (::fcntl(3, F_GETFD) & FD_CLOEXEC) != 0 &&
                       (::fcntl(3, F_GETFL) & O_NONBLOCK) != 0;
    ::_exit(right ? 0 : 2);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WEXITSTATUS(status);
}

TEST(PassedSockets, AreTakenWhereTheyListen) {
  const Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  EXPECT_EQ(take_in_child(socket.get()), 1) << "not listening yet";
  ASSERT_EQ(::listen(socket.get(), 1), 0);
  EXPECT_EQ(take_in_child(socket.get()), 0);
}

TEST(PassedSockets, AreRefusedWhereTheyAreNoTcpSockets) {
  const Fd datagram(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(take_in_child(datagram.get()), 1);
  const Fd file(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(take_in_child(file.get()), 1);
}

}  // namespace
}  // namespace zomg::monitor::service_manager
