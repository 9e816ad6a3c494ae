#include "monitor/helpers/keyring/sandbox.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <net/if.h>
#include <netdb.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <fstream>
#include <iterator>
#include <thread>

#include "common/base/log.h"
#include "common/program/confinement.h"
#include "tests/unit/common/sandbox/seccomp/forbidden_calls.h"

namespace zomg::keyring {
namespace {

constexpr sandbox::Account kAccount{65534, 65534};

/// Each test runs in a process of its own: there is no way back out of a sandbox.
class KeyringSandboxDeathTest : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    GTEST_FLAG_SET(death_test_style, "threadsafe");
  }

  static void enter() {
    const auto entered =
        program::confine(kRow, {.account = kAccount,
                                .files = {{"/etc/hosts", "127.0.0.1 keys.example\n"},
                                          {"/etc/nsswitch.conf", "hosts: files\n"}}});
    if (!entered) {
      log::error("{}", entered.error().message);
      ::_exit(99);
    }
  }

  static bool exists(const char* path) {
    struct stat status {};
    return ::stat(path, &status) == 0;
  }
};

TEST_F(KeyringSandboxDeathTest, LetsNoForbiddenCallThrough) {
  EXPECT_EXIT((enter(), sandbox::end_by(::mkdir("/x", 0700))),
              testing::ExitedWithCode(sandbox::kRefusedStatus), "");
  EXPECT_EXIT((enter(), sandbox::end_by(::rename("/etc/hosts", "/x"))),
              testing::ExitedWithCode(sandbox::kRefusedStatus), "");
  EXPECT_EXIT((enter(), ::execl("/bin/true", "true", nullptr)), testing::KilledBySignal(SIGSYS),
              "");
  EXPECT_EXIT((enter(), sandbox::end_by(::listen(0, 1))),
              testing::ExitedWithCode(sandbox::kRefusedStatus), "");
  EXPECT_EXIT((enter(), ::kill(1, 0)), testing::KilledBySignal(SIGSYS), "");
}

TEST_F(KeyringSandboxDeathTest, ReachesNoOtherProcessAndRunsNoCodeOfItsOwn) {
  sandbox::expect_forbidden(enter);
}

TEST_F(KeyringSandboxDeathTest, ShowsCopiesOfTheFilesAndNothingElse) {
  const auto look = [] {
    enter();
    std::ifstream hosts("/etc/hosts");
    const std::string text(std::istreambuf_iterator<char>(hosts), {});
    ::_exit(text == "127.0.0.1 keys.example\n" && !exists("/etc/passwd") && !exists("/proc") &&
                    !exists("/var")
                ? 0
                : 1);
  };
  EXPECT_EXIT(look(), testing::ExitedWithCode(0), "");
}

TEST_F(KeyringSandboxDeathTest, HasNoPathToWrite) {
  EXPECT_EXIT((enter(), sandbox::end_by(::open("/x", O_WRONLY | O_CREAT | O_CLOEXEC, 0600))),
              testing::ExitedWithCode(sandbox::kRefusedStatus), "");
  EXPECT_EXIT((enter(), sandbox::end_by(::open("/etc/hosts", O_WRONLY | O_CLOEXEC))),
              testing::ExitedWithCode(sandbox::kRefusedStatus), "");
}

TEST_F(KeyringSandboxDeathTest, LetsAThreadResolveAName) {
  const auto resolve = [] {
    enter();
    int failed = 1;
    std::thread([&failed] {
      addrinfo hints{};
      hints.ai_socktype = SOCK_STREAM;
      addrinfo* found = nullptr;
      failed = ::getaddrinfo("keys.example", "443", &hints, &found);
      if (failed == 0) ::freeaddrinfo(found);
    }).join();
    ::_exit(failed == 0 ? 0 : 1);
  };
  EXPECT_EXIT(resolve(), testing::ExitedWithCode(0), "");
}

/// A name server on 127.0.0.1, alone in a network namespace, in a process of its own: every name
/// has the address 127.0.0.7.
void start_name_server() {
  CHECK(::unshare(CLONE_NEWNET) == 0);
  ifreq loopback{};
  std::strcpy(loopback.ifr_name, "lo");
  loopback.ifr_flags = IFF_UP;
  const int server = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  CHECK(::ioctl(server, SIOCSIFFLAGS, &loopback) == 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(53);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  CHECK(::bind(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
  const pid_t parent = ::getpid();
  if (::fork() != 0) return;
  const timeval patience{0, 100'000};  // to see that the parent has ended
  CHECK(::setsockopt(server, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) == 0);
  while (::getppid() == parent) {
    std::array<char, 512> packet{};
    sockaddr_in client{};
    socklen_t size = sizeof(client);
    const ssize_t got = ::recvfrom(server, packet.data(), packet.size(), 0,
                                   reinterpret_cast<sockaddr*>(&client), &size);
    if (got < 12) continue;
    // RFC 1035 §4.1: the question again, and, to a question of type A, one answer about its name.
    std::string answer(packet.data(), static_cast<std::size_t>(got));
    const bool wants_ipv4 = answer.find(std::string("\0\0\1\0\1", 5)) != std::string::npos;
    answer[2] = static_cast<char>(0x81);
    answer[3] = static_cast<char>(0x80);
    answer[7] = wants_ipv4 ? 1 : 0;
    answer[11] = 0;
    answer.resize(answer.find(std::string("\0\0", 2), 12) + 5);
    if (wants_ipv4) answer += std::string("\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\x7f\0\0\7", 16);
    ::sendto(server, answer.data(), answer.size(), 0, reinterpret_cast<const sockaddr*>(&client),
             size);
  }
  ::_exit(0);
}

TEST_F(KeyringSandboxDeathTest, LetsAThreadAskANameServer) {
  const auto resolve = [] {
    start_name_server();
    // As systemd's Debian has it: modules that are not in the sandbox are passed over.
    const auto entered = program::confine(
        kRow, {.account = kAccount,
               .files = {{"/etc/resolv.conf", "nameserver 127.0.0.1\n"},
                         {"/etc/nsswitch.conf",
                          "hosts: files mymachines resolve [!UNAVAIL=return] myhostname dns\n"}}});
    if (!entered) ::_exit(99);
    in_addr found{};
    std::thread([&found] {
      addrinfo hints{};
      hints.ai_socktype = SOCK_STREAM;
      addrinfo* list = nullptr;
      if (::getaddrinfo("keys.example", "443", &hints, &list) != 0) return;
      found = reinterpret_cast<const sockaddr_in*>(list->ai_addr)->sin_addr;
      ::freeaddrinfo(list);
    }).join();
    ::_exit(found.s_addr == htonl(0x7f000007) ? 0 : 1);
  };
  EXPECT_EXIT(resolve(), testing::ExitedWithCode(0), "");
}

TEST_F(KeyringSandboxDeathTest, LetsTheStateBeWrittenAndSynced) {
  const auto save = [] {
    const int file = ::open("/tmp", O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
    enter();
    const bool saved =
        ::pwrite(file, "x", 1, 0) == 1 && ::ftruncate(file, 1) == 0 && ::fsync(file) == 0;
    ::_exit(saved ? 0 : 1);
  };
  EXPECT_EXIT(save(), testing::ExitedWithCode(0), "");
}

TEST_F(KeyringSandboxDeathTest, RefusesToRunAsRoot) {
  EXPECT_EXIT(::_exit(program::confine(kRow, {}) ? 0 : 1), testing::ExitedWithCode(1), "");
}

}  // namespace
}  // namespace zomg::keyring
