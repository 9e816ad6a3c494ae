#include "monitor/base/pids_limit.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/limits.h"
#include "monitor/base/resource_limits.h"
#include "tests/unit/pids_cgroup.h"

namespace zomg::monitor {
namespace {

using Directories = std::vector<std::string>;

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

TEST(PidsLimit, OfAParentLowersTheConnections) {
  const PidsCgroup parent("zomg-pids-test-" + std::to_string(::getpid()));
  const PidsCgroup own("own", parent.path());
  if (!parent.limit_to("132") || !own.limit_to("max")) GTEST_SKIP() << "needs a cgroup of pids";
  const pid_t child = ::fork();
  if (child == 0) {
    if (!own.join()) ::_exit(1);
    const ResourceLimits limits = examine_resource_limits();
    const bool said = !limits.low.empty() &&
                      limits.low.back().message.starts_with("25 connections at most, for " +
                                                            parent.path() + "/pids.max is 132;");
    ::_exit(limits.connections == 25 && said && limits.too_low.empty() ? 0 : 2);
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
