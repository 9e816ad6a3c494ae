#include "sessiond/container/confinement.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sessiond/container/box_process.h"

namespace zomg::sessiond {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kStatus =
    "Name:\tinit\nUmask:\t0022\nPid:\t4711\nUid:\t1000\t1001\t1002\t1003\n"
    "Gid:\t2000\t2001\t2002\t2003\nFDSize:\t64\nGroups:\t10 20 \nNSpid:\t4711\t1\n"
    "CapInh:\t0000000000000001\nCapPrm:\t00000000a80425fb\nCapEff:\t0000000000000003\n"
    "CapBnd:\t000001ffffffffff\nCapAmb:\t0000000000000001\nNoNewPrivs:\t1\nSeccomp:\t2\n"
    "Seccomp_filters:\t1\n";

std::string with(std::string_view from, std::string_view to) {
  std::string text(kStatus);
  text.replace(text.find(from), from.size(), to);
  return text;
}

TEST(Confinement, IsReadAsTheKernelWritesIt) {
  const auto confinement = parse_confinement(kStatus);
  ASSERT_TRUE(confinement) << confinement.error().message;
  EXPECT_EQ(confinement->identity.uid, 1001U);
  EXPECT_EQ(confinement->identity.gid, 2001U);
  EXPECT_EQ(confinement->inheritable, 1U);
  EXPECT_EQ(confinement->permitted, 0xa80425fbU);
  EXPECT_EQ(confinement->effective, 3U);
  EXPECT_EQ(confinement->bounding, 0x1ffffffffffU);
  EXPECT_EQ(confinement->ambient, 1U);
  EXPECT_TRUE(confinement->no_new_privileges);
  EXPECT_TRUE(confinement->filtered);
  EXPECT_TRUE(confinement->own_pid_namespace);
  EXPECT_THAT(confinement->groups, ElementsAre(10, 20));
}

TEST(Confinement, HasNoGroupsWhereTheLineIsEmpty) {
  EXPECT_THAT(parse_confinement(with("10 20 ", " "))->groups, IsEmpty());
}

TEST(Confinement, IsRefusedWhereALineIsMissing) {
  for (const std::string_view line : {"CapInh:", "CapPrm:", "CapEff:", "CapBnd:", "CapAmb:",
                                      "NoNewPrivs:", "Seccomp:", "Uid:", "Gid:"}) {
    EXPECT_FALSE(parse_confinement(with(line, "Other:"))) << line;
  }
}

TEST(Confinement, SeesAPidNamespaceThatIsNotItsOwn) {
  EXPECT_FALSE(parse_confinement(with("4711\t1", "4711"))->own_pid_namespace);
  EXPECT_FALSE(parse_confinement(with("4711\t1", "4711\t7"))->own_pid_namespace);
}

TEST(Confinement, AFilterNeedsPrivilegeUnlessNothingCanBeGainedOrTheBoxHasIt) {
  Confinement confinement;
  EXPECT_TRUE(confinement.filter_needs_privilege());
  confinement.effective = 1ULL << CAP_SYS_ADMIN;
  EXPECT_FALSE(confinement.filter_needs_privilege());
  confinement.effective = 0;
  confinement.no_new_privileges = true;
  EXPECT_FALSE(confinement.filter_needs_privilege());
}

TEST(Confinement, ABoxMayTraceWithTheCapabilityOrAmongOthers) {
  Confinement confinement;
  confinement.own_pid_namespace = true;
  EXPECT_FALSE(confinement.may_trace());
  confinement.bounding = 1ULL << CAP_SYS_PTRACE;
  EXPECT_TRUE(confinement.may_trace());
  confinement.bounding = 0;
  confinement.own_pid_namespace = false;
  EXPECT_TRUE(confinement.may_trace());
}

/// The confinement of a child that took on `wanted`, as the kernel then shows it.
Confinement after(const Confinement& wanted, const Identity& identity, bool kept) {
  int pipe[2];
  EXPECT_EQ(::pipe(pipe), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const common::Fd self(::open("/proc/self", O_PATH | O_DIRECTORY));
    if (!apply_confinement(wanted, identity, kept)) ::_exit(1);
    if (::prctl(PR_GET_DUMPABLE) != 0) ::_exit(2);
    // Opened before, for /proc belongs to root while we are not dumpable.
    const auto status = read_proc_file(self.get(), "status");
    if (!status) ::_exit(3);
    [[maybe_unused]] auto written = ::write(pipe[1], status->data(), status->size());
    ::_exit(0);
  }
  ::close(pipe[1]);
  std::string text(65536, '\0');
  std::size_t size = 0;
  for (ssize_t got = 0; (got = ::read(pipe[0], text.data() + size, text.size() - size)) > 0;) {
    size += static_cast<std::size_t>(got);
  }
  ::close(pipe[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  text.resize(size);
  return parse_confinement(text).value();
}

class ConfinementAsRoot : public testing::Test {
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  }
};

constexpr std::uint64_t kChown = 1ULL << CAP_CHOWN;
constexpr std::uint64_t kKill = 1ULL << CAP_KILL;

TEST_F(ConfinementAsRoot, EverySetIsTakenOnExactly) {
  Confinement wanted;
  wanted.inheritable = kChown;
  wanted.permitted = kChown | kKill;
  wanted.effective = kKill;
  wanted.bounding = kChown | kKill;
  wanted.ambient = kChown;
  wanted.no_new_privileges = true;
  wanted.groups = {7, 9};
  for (const Identity identity : {Identity{0, 0}, Identity{1000, 1001}}) {
    const Confinement seen = after(wanted, identity, false);
    EXPECT_EQ(seen.identity.uid, identity.uid);
    EXPECT_EQ(seen.identity.gid, identity.gid);
    EXPECT_EQ(seen.inheritable, wanted.inheritable);
    EXPECT_EQ(seen.permitted, wanted.permitted);
    EXPECT_EQ(seen.effective, wanted.effective);
    EXPECT_EQ(seen.bounding, wanted.bounding);
    EXPECT_EQ(seen.ambient, wanted.ambient);
    EXPECT_TRUE(seen.no_new_privileges);
    EXPECT_EQ(seen.groups, wanted.groups);
  }
}

TEST_F(ConfinementAsRoot, OnlyTheFiltersPrivilegeIsKept) {
  const Confinement seen = after(Confinement(), {1000, 1000}, true);
  EXPECT_EQ(seen.permitted, 1ULL << CAP_SYS_ADMIN);
  EXPECT_EQ(seen.effective, 1ULL << CAP_SYS_ADMIN);
  EXPECT_EQ(seen.bounding, 0U);
}

TEST_F(ConfinementAsRoot, TheFiltersPrivilegeIsDropped) {
  const pid_t child = ::fork();
  if (child == 0) {
    const common::Fd self(::open("/proc/self", O_PATH | O_DIRECTORY));
    const bool dropped = apply_confinement(Confinement(), {0, 0}, true).has_value() &&
                         drop_filter_privilege(Confinement());
    const auto status = read_proc_file(self.get(), "status");
    ::_exit(dropped && status && parse_confinement(*status)->permitted == 0 ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST_F(ConfinementAsRoot, WhatGivesUpEverythingHasNothing) {
  const pid_t child = ::fork();
  if (child == 0) {
    const common::Fd self(::open("/proc/self", O_PATH | O_DIRECTORY));
    const bool dropped = drop_all_privileges().has_value();
    const auto seen = parse_confinement(*read_proc_file(self.get(), "status"));
    ::_exit(dropped && seen->permitted == 0 && seen->effective == 0 && seen->inheritable == 0 &&
                    seen->no_new_privileges
                ? 0
                : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace zomg::sessiond
