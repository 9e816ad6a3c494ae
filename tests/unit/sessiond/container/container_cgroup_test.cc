#include "sessiond/container/container_cgroup.h"

#include <gtest/gtest.h>

#include <string>

namespace zomg::sessiond {
namespace {

const std::string kId(64, 'a');
const std::string kOther(64, 'b');
const std::string kPod = "/kubepods/burstable/pod1/";

bool is_in(const std::string& cgroups, const std::string& path) {
  return is_in_cgroup_of_container(cgroups, path, kId);
}

TEST(ContainerCgroup, IsAtThePathOfTheRecord) {
  for (const std::string& name : {kId, "crio-" + kId, "cri-containerd-" + kId + ".scope"}) {
    EXPECT_TRUE(is_in("0::" + kPod + name + "\n", kPod + name)) << name;
  }
  EXPECT_TRUE(is_in("0::/" + kId + "\n", "/" + kId));
}

/// crun makes one below on cgroup v2, and so does systemd in a container.
TEST(ContainerCgroup, MayHaveOthersBelow) {
  const std::string scope = kPod + "cri-containerd-" + kId + ".scope";
  EXPECT_TRUE(is_in("0::" + scope + "/container\n", scope));
  EXPECT_TRUE(is_in("0::" + scope + "/init.scope/a\n", scope));
}

TEST(ContainerCgroup, OfOneHierarchyIsEnough) {
  EXPECT_TRUE(is_in("9:misc:/\n4:pids:" + kPod + kId + "\n0::/\n", kPod + kId));
}

/// As a box makes it that may write its cgroups, for a process with a pid that was another's.
TEST(ContainerCgroup, IsNotOneThatAnotherBoxHasNamedSo) {
  const std::string others = kPod + kOther;
  for (const std::string& named : {"/" + kId, "/x/" + kId, "/cri-containerd-" + kId + ".scope",
                                   kPod + kId, "/" + kId + "/x", "/x" + kId + "x"}) {
    EXPECT_FALSE(is_in("0::" + others + named + "\n", kPod + kId)) << named;
  }
}

/// As an account of the host makes it that systemd lets make cgroups of its own.
TEST(ContainerCgroup, IsNotOneOfAnAccountOfTheHost) {
  const std::string mine = "/user.slice/user-1000.slice/user@1000.service/";
  EXPECT_FALSE(is_in("0::" + mine + kId + "\n", kPod + kId));
  EXPECT_FALSE(is_in("0::" + mine + kPod + kId + "\n", kPod + kId));
}

TEST(ContainerCgroup, IsNotOneBesideOrAbove) {
  for (const std::string& beside : {kPod + kId + "2", kPod + "x" + kId, kPod + kOther,
                                    std::string("/kubepods/burstable/pod1"), std::string("/")}) {
    EXPECT_FALSE(is_in("0::" + beside + "\n", kPod + kId)) << beside;
  }
}

TEST(ContainerCgroup, IsNotSeenFromElsewhere) {
  EXPECT_FALSE(is_in("0::/../.." + kPod + kId + "\n", kPod + kId));
}

/// A resolver that was taken over names what it likes.
TEST(ContainerCgroup, IsNotThePathOfAnother) {
  for (const std::string& path :
       {std::string(), std::string("/"), std::string("/system.slice/ssh.service"), kPod + kOther,
        kPod + kId + "/container", kPod + kId + "/", kId, kPod + "x" + kId, kPod + kId + ".slice",
        kPod + kId + ".scope.scope"}) {
    EXPECT_FALSE(is_in("0::" + path + "\n", path)) << path;
  }
}

TEST(ContainerCgroup, IsOfNoIdThatIsNone) {
  for (const std::string& id : {std::string(), std::string("/"), std::string(64, '/'),
                                std::string(64, 'A'), std::string(63, 'a')}) {
    EXPECT_FALSE(is_in_cgroup_of_container("0::/a/" + id + "\n", "/a/" + id, id)) << id;
  }
}

}  // namespace
}  // namespace zomg::sessiond
