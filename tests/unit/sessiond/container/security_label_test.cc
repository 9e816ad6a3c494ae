#include "sessiond/container/security_label.h"

#include <gtest/gtest.h>

namespace zomg::sessiond {
namespace {

using namespace std::string_view_literals;

TEST(SecurityLabel, OfAppArmorIsTheProfileWithoutItsMode) {
  for (const auto text :
       {"cri-containerd.apparmor.d (enforce)\n"sv, "cri-containerd.apparmor.d (complain)"sv,
        "cri-containerd.apparmor.d"sv}) {
    EXPECT_EQ(apparmor_exec_label(text, "apparmor/exec"),
              (ExecLabel{"apparmor/exec", "exec cri-containerd.apparmor.d"}))
        << text;
  }
  EXPECT_EQ(apparmor_exec_label("a profile (x) (enforce)\n", "exec"),
            (ExecLabel{"exec", "exec a profile (x)"}));
  EXPECT_EQ(apparmor_exec_label(":ns:name//&other (enforce)\n", "exec"),
            (ExecLabel{"exec", "exec :ns:name//&other"}));
}

TEST(SecurityLabel, OfAnUnconfinedProcessIsNone) {
  EXPECT_FALSE(apparmor_exec_label("unconfined\n", "exec"));
  EXPECT_FALSE(apparmor_exec_label("unconfined (enforce)\n", "exec"));
  EXPECT_FALSE(apparmor_exec_label("", "exec"));
}

TEST(SecurityLabel, OfSelinuxIsTheWholeContext) {
  EXPECT_EQ(selinux_exec_label("system_u:system_r:container_t:s0:c1,c2\0"sv),
            (ExecLabel{"exec", "system_u:system_r:container_t:s0:c1,c2"}));
  EXPECT_FALSE(selinux_exec_label("_\n"));  // Smack's floor
  EXPECT_FALSE(selinux_exec_label("unconfined\n"));
}

}  // namespace
}  // namespace zomg::sessiond
