#include "sessiond/container/cgroups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/file_of.h"

namespace zomg::sessiond {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kV1Mounts =
    "30 25 0:26 / /sys/fs/cgroup ro - tmpfs tmpfs ro\n"
    "31 30 0:27 / /sys/fs/cgroup/unified rw shared:5 - cgroup2 cgroup2 rw,nsdelegate\n"
    "32 30 0:28 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd\n"
    "33 30 0:29 / /sys/fs/cgroup/cpu,cpuacct rw shared:7 - cgroup cgroup rw,cpu,cpuacct\n"
    "34 30 0:30 / /sys/fs/cgroup/freezer rw - cgroup cgroup rw,freezer\n"
    "35 30 0:31 /part /mnt/memory rw - cgroup cgroup rw,memory\n";
const std::string kV2Mounts = "31 30 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate\n";

auto parse_cgroups(const std::string& theirs, const std::string& ours,
                   const std::string& mountinfo) {
  const common::Fd file = file_of(mountinfo);
  return find_cgroups(theirs, ours, file.get());
}

TEST(Cgroups, OfV1AreFoundByTheirControllers) {
  const auto cgroups =
      parse_cgroups("4:cpu,cpuacct:/pod/id\n3:freezer:/pod/id\n2:name=systemd:/pod/id\n",
                    "4:cpu,cpuacct:/\n3:freezer:/\n2:name=systemd:/\n", kV1Mounts);
  ASSERT_TRUE(cgroups) << cgroups.error().message;
  EXPECT_THAT(*cgroups, ElementsAre(Cgroup{false, false, "/sys/fs/cgroup/cpu,cpuacct/pod/id"},
                                    Cgroup{false, true, "/sys/fs/cgroup/freezer/pod/id"},
                                    Cgroup{false, false, "/sys/fs/cgroup/systemd/pod/id"}));
}

TEST(Cgroups, OfV2IsTheOneWithoutControllers) {
  const auto cgroups = parse_cgroups("0::/kubepods/pod/id\n", "0::/system.slice\n", kV2Mounts);
  ASSERT_TRUE(cgroups);
  EXPECT_THAT(*cgroups, ElementsAre(Cgroup{true, true, "/sys/fs/cgroup/kubepods/pod/id"}));
}

TEST(Cgroups, OfAHybridAreBoth) {
  const auto cgroups =
      parse_cgroups("3:freezer:/pod/id\n0::/pod/id\n", "3:freezer:/\n0::/\n", kV1Mounts);
  ASSERT_TRUE(cgroups);
  EXPECT_THAT(*cgroups, ElementsAre(Cgroup{false, true, "/sys/fs/cgroup/freezer/pod/id"},
                                    Cgroup{true, true, "/sys/fs/cgroup/unified/pod/id"}));
}

TEST(Cgroups, ThatWeAreInAlreadyAreLeftOut) {
  EXPECT_THAT(*parse_cgroups("3:freezer:/\n9:rdma:/\n", "9:rdma:/\n3:freezer:/\n", kV1Mounts),
              IsEmpty());
}

TEST(Cgroups, OfAHierarchyThatIsNotMountedAreAnError) {
  EXPECT_FALSE(parse_cgroups("9:rdma:/pod/id\n", "9:rdma:/\n", kV1Mounts));
  EXPECT_FALSE(
      parse_cgroups("0::/pod/id\n", "0::/\n", "34 30 0:30 / /f rw - cgroup c rw,freezer\n"));
}

TEST(Cgroups, OfAMountOfAPartOfTheHierarchyAreAnError) {
  EXPECT_FALSE(parse_cgroups("5:memory:/pod/id\n", "5:memory:/\n", kV1Mounts));
}

TEST(Cgroups, OutsideOurCgroupNamespaceAreAnError) {
  for (const char* path : {"/..", "/../pod/id", "/../../pod/id", "/pod/../id"}) {
    EXPECT_FALSE(parse_cgroups(fmt::format("0::{}\n", path), "0::/\n", kV2Mounts)) << path;
  }
  EXPECT_TRUE(parse_cgroups("0::/..pod/id..\n", "0::/\n", kV2Mounts));
}

TEST(Cgroups, OfV2LeadDownOnly) {
  EXPECT_EQ(unified_descent("0::/pod/id\n", "0::/pod/id/init\n"), "/init");
  EXPECT_EQ(unified_descent("3:freezer:/a\n0::/pod/id\n", "3:freezer:/b\n0::/pod/id/a/b\n"),
            "/a/b");
  for (const char* now : {"0::/pod/id\n", "0::/pod\n", "0::/pod/other/init\n", "0::/pod/id2/init\n",
                          "0::/pod/id/../other\n", "0::/\n", "3:freezer:/pod/id/init\n", ""}) {
    EXPECT_EQ(unified_descent("0::/pod/id\n", now), "") << now;
  }
  EXPECT_EQ(unified_descent("", "0::/pod/id/init\n"), "");
}

/// As on a host where a list of mounts grows over any bound on the whole of it.
TEST(Cgroups, AreFoundAfterTwentyThousandOtherMounts) {
  std::string mounts;
  for (int i = 0; i < 20'000; ++i) {
    mounts += fmt::format("{} 25 0:40 / /var/lib/{:064} rw - tmpfs tmpfs rw\n", i + 100, i);
  }
  ASSERT_GT(mounts.size(), 1024U * 1024);
  const auto cgroups = parse_cgroups("0::/pod/id\n", "0::/\n", mounts + kV2Mounts);
  ASSERT_TRUE(cgroups) << cgroups.error().message;
  EXPECT_THAT(*cgroups, ElementsAre(Cgroup{true, true, "/sys/fs/cgroup/pod/id"}));
}

TEST(Cgroups, OfTheFirstOfSeveralMountsCount) {
  const auto cgroups = parse_cgroups(
      "0::/pod/id\n", "0::/\n", kV2Mounts + "40 30 0:27 / /elsewhere rw - cgroup2 cgroup2 rw\n");
  ASSERT_TRUE(cgroups);
  EXPECT_THAT(*cgroups, ElementsAre(Cgroup{true, true, "/sys/fs/cgroup/pod/id"}));
}

}  // namespace
}  // namespace zomg::sessiond
