#include "monitor/kubernetes/pod_choice.h"

#include <gtest/gtest.h>

namespace zomg::kubernetes {
namespace {

using common::Failure;

const lookup::BoxName kBox{"demo", "box1"};

Pod pod(std::string name, std::string created_at, std::string kubernetes_namespace = "n") {
  return {.name = std::move(name),
          .kubernetes_namespace = std::move(kubernetes_namespace),
          .labels = kBox,
          .created_at = std::move(created_at),
          .ready = true,
          .containers = {{"side", true}, {"box", true}}};
}

TEST(ChoosePod, TakesTheNewestOfOneNamespace) {
  const std::vector<Pod> pods{pod("a", "2026-01-01T00:00:00Z"), pod("b", "2026-01-03T00:00:00Z"),
                              pod("c", "2026-01-02T00:00:00Z")};
  const PodChoice choice = choose_pod(pods, kBox, "");
  ASSERT_NE(choice.pod, nullptr);
  EXPECT_EQ(choice.pod->name, "b");
  EXPECT_EQ(choice.candidates, 3U);
}

TEST(ChoosePod, RefusesSeveralNamespacesUnlessOneIsSet) {
  const std::vector<Pod> pods{pod("a", "1"), pod("b", "2", "stranger")};
  EXPECT_EQ(choose_pod(pods, kBox, "").failure, Failure::kAmbiguousNamespace);
  EXPECT_EQ(choose_pod(pods, kBox, "n").pod->name, "a");
  EXPECT_EQ(choose_pod(pods, kBox, "other").failure, Failure::kNoSuchBox);
}

TEST(ChoosePod, SkipsWhatTerminatesOrIsNotReady) {
  std::vector<Pod> pods{pod("old", "1"), pod("new", "2"), pod("newest", "3")};
  pods[1].terminating = true;
  pods[2].ready = false;
  EXPECT_EQ(choose_pod(pods, kBox, "").pod->name, "old");
}

TEST(ChoosePod, TellsNotReadyFromNotThere) {
  std::vector<Pod> pods{pod("a", "1")};
  pods[0].ready = false;
  EXPECT_EQ(choose_pod(pods, kBox, "").failure, Failure::kBoxNotReady);
  pods[0].terminating = true;
  EXPECT_EQ(choose_pod(pods, kBox, "").failure, Failure::kNoSuchBox);
}

TEST(ChoosePod, TrustsNoServerThatFiltersBadly) {
  std::vector<Pod> pods{pod("a", "1")};
  pods[0].labels.box = "box2";
  EXPECT_EQ(choose_pod(pods, kBox, "").failure, Failure::kNoSuchBox);
}

TEST(ChooseContainer, FollowsTheAnnotationThenTheNameThenTheOrder) {
  Pod one = pod("a", "1");
  EXPECT_EQ(choose_container(one)->name, "box");
  one.default_container = "side";
  EXPECT_EQ(choose_container(one)->name, "side");
  one.default_container = "gone";
  EXPECT_EQ(choose_container(one), nullptr);
  one.default_container = "";
  one.containers = {{"x", false}, {"y", true}, {"z", true}};
  EXPECT_EQ(choose_container(one)->name, "y");
  one.containers.clear();
  EXPECT_EQ(choose_container(one), nullptr);
}

}  // namespace
}  // namespace zomg::kubernetes
