// What one user has used up of what the kernel counts by user does not hurt who is counted apart. Each
// test plays the user and runs its subject in processes of its own. They need root.

#include "common/sandbox/counted_apart.h"

#include <gtest/gtest.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "common/base/child.h"
#include "common/ipc/channel.h"
#include "common/messages/listener.h"
#include "common/sandbox/identity.h"
#include "common/sandbox/session_keyring.h"
#include "tests/unit/pids_cgroup.h"

namespace zomg::sandbox {
namespace {

using common::Fd;

constexpr Account kCountedUser{65531, 65531};
constexpr rlim_t kLimit = 20;

/// Whether `body`, in a process of its own, returns true.
bool holds(const std::function<bool()>& body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body() ? 0 : 1);
  int status = 0;
  ::waitpid(child, &status, 0);
  return status == 0;
}

bool limit_to(__rlimit_resource_t resource, rlim_t value) {
  const rlimit both{value, value};
  return ::setrlimit(resource, &both) == 0;
}

class CountedApart : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  }
};

/// More descriptors of a user than kLimit on their way, as long as the channels live.
std::vector<ipc::Channel> put_in_flight() {
  std::vector<ipc::Channel> channels;
  auto ends = common::make_packet_socketpair().value();
  channels.emplace_back(std::move(ends.first));
  channels.emplace_back(std::move(ends.second));
  for (rlim_t i = 0; i <= kLimit; ++i) {
    EXPECT_TRUE(channels[0].send(messages::ListenOn{}, {STDIN_FILENO}).has_value());
  }
  return channels;
}

bool sends_a_descriptor() {
  auto ends = common::make_packet_socketpair().value();
  return limit_to(RLIMIT_NOFILE, kLimit) &&
         ipc::Channel(std::move(ends.first)).send(messages::ListenOn{}, {STDIN_FILENO}).has_value();
}

TEST_F(CountedApart, DescriptorsInFlightOfTheAccountDoNotCount) {
  EXPECT_TRUE(holds([] {
    if (!become(kCountedUser)) return false;
    const auto channels = put_in_flight();
    return !sends_a_descriptor();
  }));
  const auto attacker = common::make_packet_socketpair().value();
  const pid_t child = ::fork();
  if (child == 0) {
    const bool became = become(kCountedUser).has_value();
    const auto channels = put_in_flight();
    [[maybe_unused]] const auto told = ::write(attacker.second.get(), "x", became ? 1 : 0);
    ::pause();
  }
  char ready = 0;
  ASSERT_EQ(::read(attacker.first.get(), &ready, 1), 1);
  EXPECT_TRUE(holds([] { return become(kCountedUser) && !sends_a_descriptor(); }));
  EXPECT_TRUE(holds([] {
    count_apart();
    return become(kCountedUser) && ::geteuid() == kCountedUser.uid && sends_a_descriptor();
  }));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

/// Runs `flood` as the user with the number `user`, in a process that stays as long as what is returned
/// does. Empty where that failed.
Fd run_as(uid_t user, const std::function<void()>& flood) {
  auto ends = common::make_packet_socketpair().value();
  const pid_t child = ::fork();
  char byte = 0;
  if (child == 0) {
    ends.first.reset();
    if (::setresuid(user, user, user) != 0) ::_exit(1);
    flood();
    if (::write(ends.second.get(), "x", 1) == 1) (void)!::read(ends.second.get(), &byte, 1);
    ::_exit(0);
  }
  ends.second.reset();
  return ::read(ends.first.get(), &byte, 1) == 1 ? std::move(ends.first) : Fd();
}

/// Has of capabilities only CAP_SETUID, permitted, as the monitor has it.
bool keep_setuid_without_effect() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
  sets[0].permitted = 1U << CAP_SETUID;
  return ::syscall(SYS_capset, &header, sets.data()) == 0;
}

bool setuid_is_still_without_effect() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
  return ::syscall(SYS_capget, &header, sets.data()) == 0 && sets[0].effective == 0 &&
         sets[0].permitted == 1U << CAP_SETUID;
}

TEST_F(CountedApart, DescriptorsInFlightOfWhoWasFoundOutDoNotCount) {
  EXPECT_TRUE(holds([] {
    count_apart();
    const uid_t found = ::getuid();
    std::vector<ipc::Channel> channels;
    const Fd attacker = run_as(found, [&] { channels = put_in_flight(); });
    if (!attacker || !forbid_tracing()) return false;
    if (!keep_setuid_without_effect() || sends_a_descriptor()) return false;
    count_apart_whenever_found();
    return sends_a_descriptor() && is_own_user(::getuid()) && ::getuid() != found &&
           ::geteuid() == 0 && setuid_is_still_without_effect() && ::prctl(PR_GET_DUMPABLE) == 0;
  }));
}

TEST_F(CountedApart, ProcessesOfWhoWasFoundOutDoNotCount) {
  EXPECT_TRUE(holds([] {
    const auto make_a_process = [] {
      auto child = common::fork_child();
      if (child && !*child) ::_exit(0);
      return child && child->wait();
    };
    count_apart();
    const uid_t found = ::getuid();
    const Fd attacker = run_as(found, [] {});
    if (!attacker || !limit_to(RLIMIT_NPROC, 2) || !keep_setuid_without_effect()) return false;
    if (make_a_process()) return false;
    count_apart_whenever_found();
    return make_a_process() && ::getuid() != found;
  }));
}

TEST_F(CountedApart, AFullCgroupIsNobodyWhoFoundUsOut) {
  const PidsCgroup cgroup("zomg-counted-test-" + std::to_string(::getpid()));
  if (!cgroup.limit_to("1")) GTEST_SKIP() << "needs a cgroup of pids";
  EXPECT_TRUE(holds([&] {
    count_apart();
    count_apart_whenever_found();
    const uid_t own = ::getuid();
    return cgroup.join() && !common::fork_child() && errno == EAGAIN && ::getuid() == own;
  }));
}

TEST_F(CountedApart, WhoIsRefusedAgainAndAgainHasOneNewNumberInAWhile) {
  EXPECT_TRUE(holds([] {
    count_apart();
    count_apart_whenever_found();
    // Whatever the number, it may make none, as where the machine has all that there may be.
    if (!limit_to(RLIMIT_NPROC, 0) || !keep_setuid_without_effect()) return false;
    const uid_t first = ::getuid();
    if (common::fork_child() || ::getuid() == first) return false;
    const uid_t second = ::getuid();
    return !common::fork_child() && ::getuid() == second;
  }));
}

TEST_F(CountedApart, WhoHasNoNumberToTakeIsRefusedAsBefore) {
  EXPECT_TRUE(holds([] {
    if (!become(kCountedUser)) return false;
    const auto channels = put_in_flight();
    count_apart_whenever_found();
    return !sends_a_descriptor() && errno == ETOOMANYREFS && ::getuid() == kCountedUser.uid;
  }));
}

TEST_F(CountedApart, ProcessesOfTheAccountDoNotCount) {
  const auto make_a_process = [](const Account& account) {
    if (!limit_to(RLIMIT_NPROC, 2) || !become(account)) return false;
    const pid_t child = ::fork();
    if (child == 0) ::_exit(0);
    return child > 0 && ::waitpid(child, nullptr, 0) == child;
  };
  std::vector<pid_t> others;
  for (int i = 0; i < 2; ++i) {
    const pid_t other = ::fork();
    if (other == 0) {
      if (!become(kCountedUser)) ::_exit(1);
      ::raise(SIGSTOP);
      ::_exit(0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(other, &status, WUNTRACED), other);
    ASSERT_TRUE(WIFSTOPPED(status));
    others.push_back(other);
  }
  EXPECT_TRUE(holds([&] { return !make_a_process(kCountedUser); }));
  EXPECT_TRUE(holds([&] { return make_a_process(own_account(kCountedUser)); }));
  for (const pid_t other : others) {
    ::kill(other, SIGKILL);
    ::waitpid(other, nullptr, 0);
  }
}

TEST_F(CountedApart, TheSealedKeyringNeedsNothingOfTheUsersQuota) {
  EXPECT_TRUE(holds([] {
    // Of root's quota all else on this machine lives.
    if (::setresuid(kCountedUser.uid, kCountedUser.uid, 0) != 0) return false;
    if (::syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr) < 0) return errno == ENOSYS;
    const std::string payload(8192, 'x');
    for (int i = 0; i < 300; ++i) {
      const std::string name = std::to_string(i);
      ::syscall(SYS_add_key, "user", name.c_str(), payload.data(), i < 2 ? payload.size() : 1,
                KEY_SPEC_SESSION_KEYRING);
    }
    if (::setresuid(kCountedUser.uid, 0, 0) != 0) return false;
    if (::syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr) >= 0) return false;
    return errno == EDQUOT && join_sealed_keyring() && ::getuid() == kCountedUser.uid;
  }));
}

/// In a user namespace where each user may have one UTS namespace and one inotify instance, and root has
/// them.
bool enter_a_full_user_namespace() {
  auto ready = common::make_packet_socketpair().value();
  const pid_t inside = ::getpid();
  const pid_t outside = ::fork();
  char byte = 0;
  if (outside == 0) {
    const std::string map = "/proc/" + std::to_string(inside) + "/uid_map";
    const bool told = ::read(ready.second.get(), &byte, 1) == 1;
    ::_exit(told && (std::ofstream(map) << "0 0 4294967295").flush() ? 0 : 1);
  }
  int status = 1;
  const bool unshared = ::unshare(CLONE_NEWUSER) == 0;
  if (::write(ready.first.get(), "x", 1) != 1 || ::waitpid(outside, &status, 0) != outside) {
    return false;
  }
  std::ofstream namespaces("/proc/sys/user/max_uts_namespaces");
  std::ofstream instances("/proc/sys/user/max_inotify_instances");
  return unshared && status == 0 && (namespaces << "1\n").flush() && (instances << "1\n").flush() &&
         ::unshare(CLONE_NEWUTS) == 0 && ::inotify_init1(0) >= 0;
}

TEST_F(CountedApart, NamespacesOfRootDoNotCount) {
  EXPECT_TRUE(holds([] {
    return enter_a_full_user_namespace() && ::unshare(CLONE_NEWUTS) != 0 && errno == ENOSPC;
  }));
  EXPECT_TRUE(holds([] {
    return enter_a_full_user_namespace() && unshare_apart(CLONE_NEWUTS) && ::geteuid() == 0 &&
           ::sethostname("apart", 5) == 0;
  }));
}

TEST_F(CountedApart, InotifyInstancesOfRootDoNotCount) {
  EXPECT_TRUE(holds([] {
    const auto make = [] { return ::inotify_init1(0) >= 0; };
    return enter_a_full_user_namespace() && !make() && errno == EMFILE && as_own_user(make);
  }));
}

TEST_F(CountedApart, EachHasAnotherNumber) {
  EXPECT_TRUE(holds([] {
    count_apart();
    const uid_t first = ::getuid();
    count_apart();
    return is_own_user(first) && is_own_user(::getuid()) && first != ::getuid() && ::geteuid() == 0;
  }));
}

}  // namespace
}  // namespace zomg::sandbox
