// The first process of a box changes at every step of the entry.

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <sstream>

#include "race/race.h"
#include "race/registers.h"

namespace zomg::race {
namespace {

using common::Failure;

constexpr std::uint64_t kMayAdminister = 0xa80425fb | 1 << 21;

struct Case {
  const char* name;
  Change change;
  BoxOptions options;
};

void PrintTo(const Case& which, std::ostream* out) {
  *out << which.name;
}

std::string name_of(const testing::TestParamInfo<Case>& chosen) {
  return chosen.param.name;
}

/// The soft and the hard limit of open files, of the text of /proc/PID/limits.
rlimit files(const std::string& limits) {
  constexpr std::string_view kName = "Max open files";
  std::istringstream words(limits.substr(limits.find(kName) + kName.size()));
  rlimit limit{};
  words >> limit.rlim_cur >> limit.rlim_max;
  return limit;
}

/// What the session has that it should not; nothing where there is nothing.
std::string excess(const Session& session, const Session& before, const Session& after,
                   const BoxOptions& options) {
  for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"}) {
    const std::uint64_t has = std::strtoull(session.status.at(set).c_str(), nullptr, 16);
    if ((has & ~options.capabilities) != 0) return fmt::format("{} {:x}", set, has);
  }
  // Those of one moment, and never another user namespace than the box was made in. The mounts may be
  // a copy.
  Session shown = session;
  if (shown.namespaces.at("mnt") != after.namespaces.at("mnt")) {
    if (shown.namespaces.at("mnt") == namespace_of(::getpid(), "mnt")) return "mounts of the host";
    shown.namespaces.at("mnt") = before.namespaces.at("mnt");
  }
  if (shown.namespaces.at("user") != before.namespaces.at("user") ||
      (shown.namespaces != before.namespaces && shown.namespaces != after.namespaces)) {
    return "namespaces";
  }
  if (session.cgroups != before.cgroups) return session.cgroups;
  if (session.status.at("Uid") != before.status.at("Uid")) return session.status.at("Uid");
  if (session.status.at("Groups") != before.status.at("Groups")) return session.status.at("Groups");
  const rlimit limit = files(session.limits);
  if (limit.rlim_cur > options.files.rlim_cur || limit.rlim_max > options.files.rlim_max) {
    return fmt::format("files {} {}", limit.rlim_cur, limit.rlim_max);
  }
  if (std::stoi(session.oom_score_adj) < options.oom_score_adj) return session.oom_score_adj;
  return {};
}

class Entry : public testing::Test {
 protected:
  void SetUp() override {
    if (!RacedBox::possible()) GTEST_SKIP() << "needs root and a cgroup v2 of its own";
  }

  /// How many steps each process does where nothing changes.
  static std::map<int, int> count_steps(const BoxOptions& options) {
    const RacedBox box(options);
    const Outcome outcome = enter(box, options, [](Step, pid_t, long) {});
    EXPECT_TRUE(outcome.session) << sentence(outcome.failure) << "\n" << outcome.log;
    return outcome.calls;
  }
};

class EntryRace : public Entry, public testing::WithParamInterface<Case> {
 protected:
  void SetUp() override {
    Entry::SetUp();
    if (!IsSkipped() && !RacedBox(GetParam().options).change(GetParam().change)) {
      GTEST_SKIP() << "a box cannot do that here";
    }
  }

  /// The box changes at that step.
  void race(Step when) {
    const Case& which = GetParam();
    RacedBox box(which.options);
    const Session before = look_at(box.pid());
    Session after = before;
    long at = -1;
    const Outcome outcome = enter(box, which.options, [&](Step step, pid_t, long number) {
      if (step != when) return;
      at = number;
      EXPECT_TRUE(box.change(which.change));
      after = look_at(box.pid());
    });
    const std::string where = fmt::format("process {}, call {} (system call {})\n{}", when.process,
                                          when.call, at, outcome.log);
    if (outcome.session) {
      ++outcomes_["entered"];
      EXPECT_EQ(excess(*outcome.session, before, after, which.options), "") << where;
      return;
    }
    ++outcomes_[sentence(outcome.failure)];
    EXPECT_NE(outcome.failure, Failure::kNone) << where;
    // A cgroup is changed from outside.
    EXPECT_FALSE(outcome.another_way && which.change != Change::kCgroup) << where;
  }

  void TearDown() override {
    for (const auto& [what, count] : outcomes_) fmt::print("{:5} {}\n", count, what);
  }

 private:
  std::map<std::string, int> outcomes_;
};

/// With ZOMG_TEST_LONG each step, else each of the changes that were attacks and some of the others.
TEST_P(EntryRace, GivesNoMoreThanIsRecorded) {
  const bool all = GetParam().change <= Change::kOtherNamespaces ||
                   std::getenv("ZOMG_TEST_LONG") != nullptr;  // NOLINT(concurrency-mt-unsafe)
  for (const auto& [process, calls] : count_steps(GetParam().options)) {
    for (int call = 0; call < calls; call += all ? 1 : 5) race({process, call});
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, EntryRace,
    testing::Values(Case{"UserNamespace", Change::kUserNamespace, {}},
                    Case{"MappedUserNamespace", Change::kMappedUserNamespace, {}},
                    Case{"NestedUserNamespace", Change::kUserNamespace, {.user_namespace = true}},
                    Case{"OtherNamespaces", Change::kOtherNamespaces, {kMayAdminister}},
                    Case{"NextPidNamespace", Change::kNextPidNamespace, {kMayAdminister}},
                    Case{"DropCapabilities", Change::kDropCapabilities, {}},
                    Case{"RaiseAmbient", Change::kRaiseAmbient, {}},
                    Case{"Root", Change::kRoot, {}},
                    Case{"Pivot", Change::kPivot, {kMayAdminister}},
                    Case{"LowerLimits", Change::kLowerLimits, {}},
                    Case{"RaiseLimits", Change::kRaiseLimits, {}},
                    Case{"LowerOomScore", Change::kLowerOomScore, {}},
                    Case{"RaiseOomScore", Change::kRaiseOomScore, {}},
                    Case{"User", Change::kUser, {}},
                    Case{"NoNewPrivileges", Change::kNoNewPrivileges, {}},
                    Case{"SeccompFilter", Change::kSeccompFilter, {}},
                    Case{"Executable", Change::kExecutable, {}}, Case{"Death", Change::kDeath, {}},
                    Case{"Cgroup", Change::kCgroup, {}}),
    name_of);

/// As the kernel kills it where the box's memory is used up.
TEST_F(Entry, ThatIsKilledLeadsNowhereElse) {
  const BoxOptions options;
  for (const auto& [process, calls] : count_steps(options)) {
    if (process <= kSupervisor) continue;
    for (int call = 0; call < calls; ++call) {
      const RacedBox box(options);
      const Outcome outcome = enter(box, options, [&](Step step, pid_t pid, long) {
        if (step == Step{process, call}) ::kill(pid, SIGKILL);
      });
      EXPECT_FALSE(outcome.another_way) << process << " " << call << "\n" << outcome.log;
    }
  }
}

/// The probe, or the program, is one too many.
TEST_F(Entry, OfABoxWithoutAPlaceForAProcessLeadsNowhereElse) {
  if (::access("/sys/fs/cgroup/pids", W_OK) != 0) GTEST_SKIP() << "needs the pids of cgroup v1";
  for (const int processes : {1, 2}) {
    const BoxOptions options{.processes = processes};
    const RacedBox box(options);
    const Outcome outcome = enter(box, options, [](Step, pid_t, long) {});
    EXPECT_FALSE(outcome.session);
    EXPECT_EQ(outcome.failure, Failure::kBoxOutOfProcesses) << outcome.log;
    EXPECT_FALSE(outcome.another_way);
  }
}

/// By the type of its cgroup, by a file system that answers as it likes, and by a first process that is
/// in another user namespace than its pids.
TEST_F(Entry, ThatABoxHasTheKernelRefuseLeadsNowhereElse) {
  const struct {
    long call;
    int process;
    unsigned long argument;  ///< the second, where it matters
    int reason;
  } refusals[] = {
      {SYS_clone3, kWaiting, 0, EOPNOTSUPP}, {SYS_clone3, kWaiting, 0, EBUSY},
      {SYS_clone3, kWaiting, 0, ENODEV},     {SYS_clone3, kWaiting, 0, EACCES},
      {SYS_fchdir, kEntering, 0, EACCES},    {SYS_fchdir, kEntering, 0, EPERM},
      {SYS_chroot, kEntering, 0, EACCES},    {SYS_setns, kEntering, CLONE_NEWPID, EPERM}};
  for (const auto& [call, process, argument, reason] : refusals) {
    const BoxOptions options;
    const RacedBox box(options);
    bool refused = false;
    const Outcome outcome = enter(box, options, [&](Step step, pid_t pid, long number) {
      if (refused || step.process != process || number != call) return;
      if (argument != 0 && second_argument(pid) != argument) return;
      refuse(pid, reason);
      refused = true;
    });
    EXPECT_TRUE(refused) << call;
    EXPECT_EQ(outcome.failure, Failure::kBoxHindered) << call << "\n" << outcome.log;
    EXPECT_FALSE(outcome.another_way) << call << " " << reason << "\n" << outcome.log;
  }
}

/// Where a cgroup of v1 is to be joined ahead of the session, that of v2 is as well.
TEST_F(Entry, OfAnOlderKindIsIntoTheCgroupOfV2Ahead) {
  if (::access("/sys/fs/cgroup/pids", W_OK) != 0) GTEST_SKIP() << "needs the pids of cgroup v1";
  for (const int reason : {0, EBUSY, EACCES}) {
    const BoxOptions options{.processes = 100};
    const RacedBox box(options);
    int cloned = 0;
    const Outcome outcome = enter(box, options, [&](Step step, pid_t pid, long number) {
      if (number != SYS_clone3) return;
      EXPECT_EQ(step.process, kSupervisor);
      ++cloned;
      if (reason != 0) refuse(pid, reason);
    });
    EXPECT_EQ(cloned, 1);
    EXPECT_EQ(outcome.session.has_value(), reason == 0) << outcome.log;
    EXPECT_EQ(outcome.failure, reason == 0 ? Failure::kNone : Failure::kBoxHindered);
    EXPECT_FALSE(outcome.another_way) << reason << "\n" << outcome.log;
  }
}

/// As to a gateway that has less than the box.
TEST_F(Entry, ThatTheGatewayMayNotLeavesAnotherWay) {
  for (const long call : {SYS_setns, SYS_capset}) {
    const BoxOptions options;
    const RacedBox box(options);
    bool refused = false;
    const Outcome outcome = enter(box, options, [&](Step step, pid_t pid, long number) {
      if (refused || step.process != kEntering || number != call) return;
      refuse(pid, EPERM);
      refused = true;
    });
    EXPECT_TRUE(refused && outcome.another_way) << call << "\n" << outcome.log;
  }
}

/// What a box can have the kernel refuse, as by using up what a user may have of namespaces, and what
/// confines the supervisor.
bool may_be_refused(long call) {
  constexpr std::array kCalls{SYS_unshare,       SYS_fsopen,     SYS_fsconfig,  SYS_fsmount,
                              SYS_move_mount,    SYS_pivot_root, SYS_umount2,   SYS_chroot,
                              SYS_mount_setattr, SYS_pidfd_open, SYS_prlimit64, SYS_setresuid,
                              SYS_setresgid,     SYS_setgroups,  SYS_capset,    SYS_prctl,
                              SYS_seccomp,       SYS_signalfd4};
  return std::find(kCalls.begin(), kCalls.end(), call) != kCalls.end();
}

/// Each such call of sessiond, one after the other; of several in a row the first.
TEST_F(Entry, OfAProgramThatCannotBeSupervisedIsTakenBack) {
  int all = 0;
  for (int nth = 0; nth <= all; ++nth) {
    const BoxOptions options;
    const RacedBox box(options);
    int seen = 0;
    long last = -1;
    long refused = -1;
    const Aftermath aftermath = supervise(box, options, [&](long call) {
      const bool counts = call != last && may_be_refused(call);
      last = call;
      if (!counts || ++seen != nth) return false;
      refused = call;
      return true;
    });
    if (nth == 0) {
      all = seen;
      EXPECT_TRUE(aftermath.supervised) << aftermath.log;
    }
    EXPECT_FALSE(aftermath.left) << "number " << nth << ", system call " << refused << "\n"
                                 << aftermath.log;
    // What a box can use up is taken before there is a program.
    if (refused == SYS_unshare) {
      EXPECT_FALSE(aftermath.started) << nth << "\n" << aftermath.log;
    }
  }
}

}  // namespace
}  // namespace zomg::race
