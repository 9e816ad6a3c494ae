// Each test runs its subject in a process of its own and looks at how that one ended. They need
// root, as the sandbox itself does.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/keyctl.h>
#include <linux/securebits.h>
#include <sched.h>
#include <signal.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <functional>
#include <string>

#include "common/sandbox/identity.h"
#include "common/sandbox/root.h"
#include "common/sandbox/seccomp/seccomp.h"
#include "common/sandbox/session_keyring.h"
#include "common/sandbox/signal_scope.h"
#include "common/sandbox/task_attributes.h"

namespace zomg::sandbox {
namespace {

constexpr Account kSomebody{65533, 65533};

/// The status of waitpid(2) for a process that runs `body` and exits with 0 if it returns true.
int run(const std::function<bool()>& body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body() ? 0 : 1);
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

class Sandbox : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  }
};

TEST_F(Sandbox, AForbiddenSystemCallKills) {
  const int status = run([] {
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    const std::array sets{kRuntime};
    if (!allow_only(sets)) return false;
    ::syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
    return true;
  });
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGSYS);
}

TEST_F(Sandbox, ABuildForDevelopmentSaysWhichCallItRefused) {
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe2(pipe.data(), O_CLOEXEC), 0);
  const int status = run([&pipe] {
    ::dup2(pipe[1], STDERR_FILENO);
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    const std::array sets{kRuntime};
    if (!allow_only(sets)) return false;
    ::syscall(SYS_mkdirat, AT_FDCWD, "/x", 0700);
    return true;
  });
  ::close(pipe[1]);
  std::string said(200, '\0');
  said.resize(static_cast<std::size_t>(std::max<ssize_t>(::read(pipe[0], said.data(), 200), 0)));
  ::close(pipe[0]);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
#ifdef NDEBUG
  EXPECT_EQ(said, "");
#else
  EXPECT_NE(said.find("sandbox: refused the system call mkdirat("), std::string::npos) << said;
#endif
}

TEST_F(Sandbox, AnAllowedSystemCallDoesNot) {
  const int status = run([] {
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    constexpr auto calls = std::to_array<Call>({"socket"});
    const std::array sets{kRuntime, SyscallSet{"this test", calls}};
    return allow_only(sets) && ::syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0) >= 0;
  });
  EXPECT_EQ(status, 0);
}

TEST_F(Sandbox, AConditionThatDoesNotHoldKills) {
  const auto ask = [](int command) {
    return run([command] {
      ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
      constexpr auto calls = std::to_array<Call>({{"fcntl", arg(1) == F_GETFL}});
      const std::array sets{kRuntime, SyscallSet{"this test", calls}};
      return allow_only(sets) && ::fcntl(0, command) >= 0;
    });
  };
  EXPECT_EQ(ask(F_GETFL), 0);
#ifndef ZOMG_SANITIZED
  EXPECT_EQ(ask(F_GETFD) & 0x7f, SIGSYS);
#endif
}

TEST_F(Sandbox, ACallCanBeRefusedWithAnError) {
  EXPECT_EQ(run([] {
              ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
              constexpr auto calls =
                  std::to_array<Call>({refused({"socket", arg(0) == AF_UNIX}, EAFNOSUPPORT),
                                       {"socket", arg(0) == AF_INET}});
              const std::array sets{kRuntime, SyscallSet{"this test", calls}};
              return allow_only(sets) && ::socket(AF_INET, SOCK_STREAM, 0) >= 0 &&
                     ::socket(AF_UNIX, SOCK_STREAM, 0) < 0 && errno == EAFNOSUPPORT;
            }),
            0);
}

#ifndef ZOMG_SANITIZED
TEST_F(Sandbox, AProcessMaySignalItselfAndNotOneThatItForks) {
  const auto abort_in = [](bool child) {
    return run([child] {
      ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
      constexpr auto calls = std::to_array<Call>({"clone", "wait4", "set_robust_list"});
      const std::array sets{kRuntime, SyscallSet{"this test", calls}};
      if (!allow_only(sets)) return false;
      const pid_t forked = child ? ::fork() : 0;
      if (forked == 0) ::raise(SIGABRT);
      int status = 0;
      ::waitpid(forked, &status, 0);
      return WTERMSIG(status) == SIGSYS;
    });
  };
  EXPECT_EQ(abort_in(false) & 0x7f, SIGABRT);
  EXPECT_EQ(abort_in(true), 0);
}
#endif

TEST_F(Sandbox, AScopeKeepsSignalsIn) {
  if (::syscall(SYS_landlock_create_ruleset, nullptr, 0, 1U) < 6) {
    GTEST_SKIP() << "the kernel has no scopes";
  }
  EXPECT_EQ(run([] {
              ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
              const pid_t outside = ::getppid();
              if (::kill(outside, 0) != 0 || !scope_signals()) return false;
              return ::kill(::getpid(), 0) == 0 && ::kill(outside, 0) != 0 && errno == EPERM;
            }),
            0);
}

TEST_F(Sandbox, BecomeLeavesNoCapabilityAndNoWayBack) {
  EXPECT_EQ(run([] {
              if (!become(kSomebody)) return false;
              const bool bounded = cap_get_bound(CAP_SYS_ADMIN) == 0;
              return ::getuid() == kSomebody.uid && ::getgid() == kSomebody.gid &&
                     ::getgroups(0, nullptr) == 0 && bounded && ::setuid(0) != 0 &&
                     ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 &&
                     ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 && ::chroot("/") != 0;
            }),
            0);
}

TEST_F(Sandbox, BecomeKeepsOneCapabilityWhenAsked) {
  EXPECT_EQ(run([] {
              if (!become(kSomebody, {}, {CAP_KILL})) return false;
              // Process 1 is root's: only CAP_KILL lets us ask.
              return ::kill(1, 0) == 0 && ::chroot("/") != 0;
            }),
            0);
}

TEST_F(Sandbox, BecomeRefusesRoot) {
  EXPECT_EQ(run([] { return !become({0, 0}); }), 0);
}

#ifndef ZOMG_SANITIZED
TEST_F(Sandbox, TheEmptyRootIsEmptyAndReadOnly) {
  EXPECT_EQ(run([] {
              if (!enter_empty_root()) return false;
              return ::access("/etc", F_OK) != 0 && ::mkdir("/made", 0700) != 0 && errno == EROFS &&
                     ::access("/../etc", F_OK) != 0;
            }),
            0);
}
#endif

TEST_F(Sandbox, ARootWithADirectoryHasThatOneReadOnly) {
  EXPECT_EQ(run([] {
              if (!enter_root_with({"/usr/share", "/no/such/directory"})) return false;
              return ::access("/usr/share", F_OK) == 0 && ::access("/usr/bin", F_OK) != 0 &&
                     ::mkdir("/usr/share/zomg-made", 0700) != 0 && errno == EROFS;
            }),
            0);
}

TEST_F(Sandbox, TheHostSeesNothingOfTheNewRoot) {
  EXPECT_EQ(run([] { return enter_root_with({"/usr/share"}).has_value(); }), 0);
  EXPECT_EQ(::access("/usr/bin", F_OK), 0);
}

TEST_F(Sandbox, TheListOfProcessesHasThemAndLeadsNowhere) {
  EXPECT_EQ(run([] {
              const auto processes = open_processes();
              if (!processes) return false;
              const auto is_there = [&](const char* name) {
                return ::faccessat(processes->get(), name, F_OK, 0) == 0;
              };
              return is_there("self/stat") && is_there("1/stat") && !is_there("sys") &&
                     !is_there("../etc") && !is_there("../../etc") &&
                     ::openat(processes->get(), "self/comm", O_WRONLY) < 0 && errno == EROFS;
            }),
            0);
}

TEST_F(Sandbox, ALowerPriorityMayStay) {
  EXPECT_EQ(run([] {
              ::setpriority(PRIO_PROCESS, 0, 7);
              return ::setresuid(kSomebody.uid, kSomebody.uid, kSomebody.uid) == 0 &&
                     reset_session_attributes() && ::getpriority(PRIO_PROCESS, 0) == 7;
            }),
            0);
}

TEST_F(Sandbox, AHigherPriorityMayNot) {
  EXPECT_EQ(run([] {
              const sched_param real_time{1};
              ::setpriority(PRIO_PROCESS, 0, -7);
              ::sched_setscheduler(0, SCHED_RR, &real_time);
              return ::setresuid(kSomebody.uid, kSomebody.uid, kSomebody.uid) == 0 &&
                     reset_session_attributes() && ::getpriority(PRIO_PROCESS, 0) == 0 &&
                     ::sched_getscheduler(0) == SCHED_OTHER;
            }),
            0);
}

TEST_F(Sandbox, SecureBitsThatAreLockedAreRefused) {
  EXPECT_EQ(run([] {
              ::prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP | SECBIT_NO_SETUID_FIXUP_LOCKED, 0,
                      0, 0);
              return !reset_session_attributes() && !reset_gateway_attributes();
            }),
            0);
}

constexpr int kSession = KEY_SPEC_SESSION_KEYRING;

bool add_a_key() {
  return ::syscall(SYS_add_key, "user", "zomg-test", "secret", 6, kSession) > 0;
}
bool finds_the_key() {
  return ::syscall(SYS_keyctl, KEYCTL_SEARCH, kSession, "user", "zomg-test", 0) > 0;
}

TEST_F(Sandbox, ASealedKeyringIsOfNoUse) {
  EXPECT_EQ(run([] {
              ::syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr);
              if (!add_a_key() || !finds_the_key() || !join_sealed_keyring()) return false;
              const bool shut = !finds_the_key() && !add_a_key() && errno == EACCES;
              // Nor for root, which is still all-powerful here, to open it again.
              ::syscall(SYS_keyctl, KEYCTL_SETPERM, kSession, 0x3f3f3f3f);
              return shut && !add_a_key();
            }),
            0);
}

TEST_F(Sandbox, AnOwnKeyringIsEmptyAndOfUse) {
  EXPECT_EQ(run([] {
              ::syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr);
              if (!add_a_key() || !join_own_keyring()) return false;
              return !finds_the_key() && add_a_key() && finds_the_key();
            }),
            0);
}

TEST_F(Sandbox, AnOwnKeyringCanBeHadBehindASealedOne) {
  EXPECT_EQ(run([] { return join_sealed_keyring() && join_own_keyring() && add_a_key(); }), 0);
}

/// For another process of the same account, which names a keyring by its number.
bool is_refused_to_others(long keyring) {
  std::array<char, 100> name{};
  ::syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr);
  return ::syscall(SYS_keyctl, KEYCTL_DESCRIBE, keyring, name.data(), name.size()) < 0 &&
         errno == EACCES;
}

TEST_F(Sandbox, AnOwnKeyringIsNotTheAccounts) {
  EXPECT_EQ(run([] {
              if (!join_own_keyring()) return false;
              const long own = ::syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, kSession, 0);
              return own > 0 && run([own] { return is_refused_to_others(own); }) == 0;
            }),
            0);
}

}  // namespace
}  // namespace zomg::sandbox
