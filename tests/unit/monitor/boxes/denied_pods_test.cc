#include "monitor/boxes/denied_pods.h"

#include <gtest/gtest.h>

#include <string>

#include "common/base/limits.h"

namespace zomg::monitor {
namespace {

using common::Failure;
using namespace std::chrono_literals;

messages::BoxClaim pod(std::string_view uid) {
  messages::BoxClaim claim;
  claim.kubernetes_namespace = std::string_view("default");
  claim.pod = std::string_view("pod");
  claim.pod_uid = uid;
  return claim;
}

const auto kNow = DeniedPods::Clock::now();

TEST(DeniedPods, AreDeniedUntilTheServerSaysOtherwise) {
  DeniedPods denied;
  EXPECT_EQ(denied.find(pod("1")), Failure::kNone);
  denied.deny(pod("1"), Failure::kAmbiguousNamespace, kNow);
  denied.deny(pod("1"), Failure::kNoSuchBox, kNow + 1s);
  EXPECT_EQ(denied.find(pod("1")), Failure::kNoSuchBox);
  denied.allow(pod("1"), kNow + 2s);
  EXPECT_EQ(denied.find(pod("1")), Failure::kNone);
}

TEST(DeniedPods, AreNotAllowedByAnOlderWord) {
  DeniedPods denied;
  denied.deny(pod("1"), Failure::kNoSuchBox, kNow);
  denied.allow(pod("1"), kNow - 1ms);
  EXPECT_EQ(denied.find(pod("1")), Failure::kNoSuchBox);
}

TEST(DeniedPods, ArePodsAndNotTheirNames) {
  DeniedPods denied;
  denied.deny(pod("1"), Failure::kNoSuchBox, kNow);
  EXPECT_EQ(denied.find(pod("2")), Failure::kNone);
}

TEST(DeniedPods, AreSoManyAtMostAndTheLastOnes) {
  DeniedPods denied;
  denied.deny(pod("first"), Failure::kNoSuchBox, kNow);
  denied.deny(pod("second"), Failure::kNoSuchBox, kNow);
  for (std::size_t i = 2; i < limits::kMaxDeniedPods; ++i) {
    denied.deny(pod(std::to_string(i)), Failure::kNoSuchBox, kNow);
  }
  denied.deny(pod("first"), Failure::kNoSuchBox, kNow);  // again
  denied.deny(pod("last"), Failure::kNoSuchBox, kNow);
  EXPECT_EQ(denied.find(pod("first")), Failure::kNoSuchBox);
  EXPECT_EQ(denied.find(pod("last")), Failure::kNoSuchBox);
  EXPECT_EQ(denied.find(pod("second")), Failure::kNone);
}

}  // namespace
}  // namespace zomg::monitor
