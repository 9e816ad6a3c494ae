#include "monitor/helpers/resolver/container/cgroup_path.h"

#include <gtest/gtest.h>

namespace zomg::resolver {
namespace {

TEST(CgroupPath, IsTheOneOfTheCgroupfsDriver) {
  EXPECT_EQ(cgroup_path("/kubepods/burstable/pod1-2/abc"), "/kubepods/burstable/pod1-2/abc");
  EXPECT_EQ(cgroup_path("/k8s.io/abc"), "/k8s.io/abc");
}

TEST(CgroupPath, IsTheScopeOfSystemds) {
  EXPECT_EQ(cgroup_path("kubepods-burstable-pod1_2.slice:cri-containerd:abc"),
            "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1_2.slice/"
            "cri-containerd-abc.scope");
  EXPECT_EQ(cgroup_path("system.slice:crio:abc"), "/system.slice/crio-abc.scope");
}

TEST(CgroupPath, IsNoneThatLeadsFromWhereverTheRuntimeIs) {
  for (const char* path :
       {"", "abc", "kubepods/pod1/abc", "a.slice", "a.slice:crio", ":crio:abc", ".slice:crio:abc",
        "-.slice:crio:abc", "a-.slice:crio:abc", "-a.slice:crio:abc", "a--b.slice:crio:abc",
        "a/b.slice:crio:abc", "pods:crio:abc"}) {
    EXPECT_EQ(cgroup_path(path), "") << path;
  }
}

}  // namespace
}  // namespace zomg::resolver
