#include "monitor/helpers/lookup/object_name.h"

#include <gtest/gtest.h>

#include "common/base/limits.h"

namespace zomg::lookup {
namespace {

TEST(ObjectName, TakesWhatKubernetesTakes) {
  EXPECT_TRUE(check_object_name("kube-system"));
  EXPECT_TRUE(check_object_name("a.b-1"));
  EXPECT_TRUE(check_object_name(std::string(limits::kMaxObjectNameBytes, 'a')));
}

TEST(ObjectName, RefusesEverythingElse) {
  EXPECT_FALSE(check_object_name(std::string(limits::kMaxObjectNameBytes + 1, 'a')));
  for (const char* name : {"", "Pod", "a/b", "../a", "a b", "a\n", "--all", "-n", "$(id)", "a;b"}) {
    EXPECT_FALSE(check_object_name(name)) << name;
  }
}

}  // namespace
}  // namespace zomg::lookup
