#include "monitor/base/pids_limit.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/limits.h"
#include "monitor/base/resource_limits.h"
#include "tests/unit/file_of.h"
#include "tests/unit/pids_cgroup.h"

namespace zomg::monitor {
namespace {

using Directories = std::vector<std::string>;

Directories pids_cgroups(const std::string& memberships, const std::string& mounts) {
  Directories directories;
  EXPECT_TRUE(for_each_pids_cgroup(
      file_of(memberships).get(), file_of(mounts).get(),
      [&directories](const std::string& directory) { directories.push_back(directory); }));
  return directories;
}

TEST(PidsCgroups, AreThoseFromTheMountPointDown) {
  EXPECT_EQ(pids_cgroups("0::/a.slice/b.service\n",
                         "30 24 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"),
            (Directories{"/sys/fs/cgroup", "/sys/fs/cgroup/a.slice",
                         "/sys/fs/cgroup/a.slice/b.service"}));
  EXPECT_EQ(pids_cgroups("8:pids:/a\n7:cpu:/b\n0::/\n",
                         "30 24 0:26 / /c/pids rw - cgroup cgroup rw,pids\n"
                         "31 24 0:27 / /c/cpu rw - cgroup cgroup rw,cpu\n"),
            (Directories{"/c/pids", "/c/pids/a"}));
}

TEST(PidsCgroups, AreBelowWhatIsMounted) {
  const std::string mounts = "30 24 0:26 /kubepods/x /c rw - cgroup cgroup rw,pids\n";
  EXPECT_EQ(pids_cgroups("8:pids:/kubepods/x\n", mounts), (Directories{"/c"}));
  EXPECT_EQ(pids_cgroups("8:pids:/kubepods/xy\n", mounts), Directories());
  EXPECT_EQ(pids_cgroups("8:pids:/\n", mounts), Directories());
}

/// As on a host where a list of mounts grows over any bound on the whole of it.
TEST(PidsCgroups, AreFoundAfterTwentyThousandOtherMounts) {
  std::string mounts;
  for (int i = 0; i < 20'000; ++i) {
    mounts += fmt::format("{} 25 0:40 / /var/lib/{:064} rw - tmpfs tmpfs rw\n", i + 100, i);
  }
  EXPECT_EQ(pids_cgroups("0::/a\n", mounts + "31 30 0:27 / /c rw - cgroup2 cgroup2 rw\n"),
            (Directories{"/c", "/c/a"}));
}

TEST(PidsCgroups, WithoutAnEndAreAnError) {
  const common::Fd zeros(::open("/dev/zero", O_RDONLY | O_CLOEXEC));
  const auto none = [](const std::string&) {};
  EXPECT_FALSE(for_each_pids_cgroup(zeros.get(), file_of("").get(), none));
  EXPECT_FALSE(for_each_pids_cgroup(file_of("0::/\n").get(), zeros.get(), none));
}

TEST(PidsLimit, OfAParentLowersTheConnections) {
  const PidsCgroup parent("zomg-pids-test-" + std::to_string(::getpid()));
  const PidsCgroup own("own", parent.path());
  if (!parent.limit_to("132") || !own.limit_to("max")) GTEST_SKIP() << "needs a cgroup of pids";
  const pid_t child = ::fork();
  if (child == 0) {
    if (!own.join()) ::_exit(1);
    const ResourceLimits limits = examine_resource_limits();
    const bool said = !limits.low.empty() &&
                      limits.low.back().message.starts_with("12 connections at most, for " +
                                                            parent.path() + "/pids.max is 132;");
    ::_exit(limits.connections == 12 && said && limits.too_low.empty() ? 0 : 2);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST(PidsLimit, ThatLeavesNoRoomIsTooLow) {
  const PidsCgroup own("zomg-pids-test-" + std::to_string(::getpid()));
  if (!own.limit_to("63")) GTEST_SKIP() << "needs a cgroup of pids";
  const pid_t child = ::fork();
  if (child == 0) ::_exit(own.join() && examine_resource_limits().too_low.size() == 1 ? 0 : 1);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace zomg::monitor
