#include "common/proc/cgroup_paths.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/file_of.h"

namespace zomg::common {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(CgroupPaths, AreOfEachHierarchy) {
  EXPECT_THAT(parse_cgroup_memberships("4:cpu,cpuacct:/pod/id\n2:name=systemd:/a:b\n0::/\n"),
              ElementsAre(CgroupMembership{"cpu,cpuacct", "/pod/id"},
                          CgroupMembership{"name=systemd", "/a:b"}, CgroupMembership{"", "/"}));
  EXPECT_THAT(parse_cgroup_memberships("0::/unended"),
              ElementsAre(CgroupMembership{"", "/unended"}));
}

TEST(CgroupPaths, OfAnotherShapeArePassedOver) {
  for (const char* text : {"", "\n", "0", "0:\n", "/pod/id\n", "4:cpu\n\n"}) {
    EXPECT_THAT(parse_cgroup_memberships(text), IsEmpty()) << text;
  }
  EXPECT_THAT(parse_cgroup_memberships("4:cpu\n0::/a\n"), ElementsAre(CgroupMembership{"", "/a"}));
}

std::vector<std::string> mounts_of(const std::string& mountinfo) {
  std::vector<std::string> mounts;
  EXPECT_TRUE(for_each_cgroup_mount(file_of(mountinfo).get(), [&mounts](const CgroupMount& mount) {
    mounts.push_back(fmt::format("{} {} {} {}", mount.v2 ? "v2" : "v1", mount.root,
                                 mount.mount_point, mount.super_options));
    return true;
  }));
  return mounts;
}

TEST(CgroupPaths, AreMounted) {
  EXPECT_THAT(mounts_of("30 25 0:26 / /sys/fs/cgroup ro - tmpfs tmpfs ro\n"
                        "31 30 0:27 / /c/unified rw shared:5 - cgroup2 cgroup2 rw,nsdelegate\n"
                        "33 30 0:29 / /c/cpu rw shared:7 master:1 - cgroup cgroup rw,cpu,cpuacct\n"
                        "35 30 0:31 /part /mnt rw - cgroup cgroup rw,memory\n"),
              ElementsAre("v2 / /c/unified rw,nsdelegate", "v1 / /c/cpu rw,cpu,cpuacct",
                          "v1 /part /mnt rw,memory"));
}

TEST(CgroupPaths, AreNotMountedByWhatOnlyLooksLikeIt) {
  EXPECT_THAT(mounts_of("31 30 0:27 / /c rw - cgroupfs x rw\n"
                        "32 30 0:27 / /c\\040-\\040cgroup2 rw - tmpfs \\040-\\040cgroup2 rw\n"
                        "33 30 0:27 / /c rw cgroup2\n - cgroup\n"),
              IsEmpty());
}

TEST(CgroupPaths, AreLookedForNoFurtherThanWanted) {
  int seen = 0;
  EXPECT_TRUE(for_each_cgroup_mount(file_of("1 1 0:1 / /a rw - cgroup2 c rw\n"
                                            "2 1 0:1 / /b rw - cgroup2 c rw\n")
                                        .get(),
                                    [&seen](const CgroupMount&) {
                                      ++seen;
                                      return false;
                                    }));
  EXPECT_EQ(seen, 1);
}

TEST(CgroupPaths, WithoutAnEndAreAnError) {
  const Fd zeros(::open("/dev/zero", O_RDONLY | O_CLOEXEC));
  EXPECT_FALSE(for_each_cgroup_mount(zeros.get(), [](const CgroupMount&) { return true; }));
}

TEST(CgroupPaths, ListsHaveWholeElements) {
  EXPECT_TRUE(lists("rw,pids", "pids"));
  EXPECT_FALSE(lists("rw,pids2", "pids"));
  EXPECT_FALSE(lists("", "pids"));
}

}  // namespace
}  // namespace zomg::common
