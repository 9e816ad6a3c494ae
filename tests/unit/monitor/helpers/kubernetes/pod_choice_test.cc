#include "monitor/helpers/kubernetes/pod_choice.h"

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
          .containers = {{"side", true}, {"box", true}}};
}

PodChoice choose(std::span<const Pod> pods, std::string_view kubernetes_namespace = "",
                 std::string_view wanted = "") {
  return choose_pod(pods, kBox, wanted, kubernetes_namespace);
}

TEST(ChoosePod, TakesTheNewestOfOneNamespace) {
  const std::vector<Pod> pods{pod("a", "2026-01-01T00:00:00Z"), pod("b", "2026-01-03T00:00:00Z"),
                              pod("c", "2026-01-02T00:00:00Z")};
  const PodChoice choice = choose(pods);
  ASSERT_NE(choice.pod, nullptr);
  EXPECT_EQ(choice.pod->name, "b");
  EXPECT_EQ(choice.candidates, 3U);
}

TEST(ChoosePod, RefusesSeveralNamespacesUnlessOneIsSet) {
  const std::vector<Pod> pods{pod("a", "1"), pod("b", "2", "stranger")};
  EXPECT_EQ(choose(pods).failure, Failure::kAmbiguousNamespace);
  EXPECT_EQ(choose(pods, "n").pod->name, "a");
  EXPECT_EQ(choose(pods, "other").failure, Failure::kNoSuchBox);
}

TEST(ChoosePod, CountsEveryStateWhereNamespacesMeet) {
  std::vector<Pod> pods{pod("down", "1"), pod("a stranger's", "2", "stranger")};
  pods[0].containers[1].running = false;
  EXPECT_EQ(choose(pods).failure, Failure::kAmbiguousNamespace);
}

TEST(ChoosePod, SkipsWhatTerminatesOrDoesNotRun) {
  std::vector<Pod> pods{pod("old", "1"), pod("new", "2"), pod("newest", "3")};
  pods[1].terminating = true;
  pods[2].containers[1].running = false;
  EXPECT_EQ(choose(pods).pod->name, "old");
}

TEST(ChoosePod, TellsNotReadyFromNotThere) {
  std::vector<Pod> pods{pod("a", "1"), pod("b", "2")};
  pods[0].containers[1].running = false;
  pods[1].containers[1].running = false;
  const PodChoice choice = choose(pods);
  EXPECT_EQ(choice.failure, Failure::kBoxNotReady);
  EXPECT_EQ(choice.pod->name, "b");
  EXPECT_EQ(choice.container->name, "box");
  pods[0].terminating = pods[1].terminating = true;
  EXPECT_EQ(choose(pods).failure, Failure::kNoSuchBox);
}

TEST(ChoosePod, LeadsToTheWantedContainer) {
  const std::vector<Pod> pods{pod("a", "1")};
  EXPECT_EQ(choose(pods, "", "side").container->name, "side");
  EXPECT_EQ(choose(pods, "", "gone").failure, Failure::kNoSuchContainer);
}

TEST(ChoosePod, TrustsNoServerThatFiltersBadly) {
  std::vector<Pod> pods{pod("a", "1")};
  pods[0].labels.box = "box2";
  EXPECT_EQ(choose(pods).failure, Failure::kNoSuchBox);
}

TEST(ChooseContainer, FollowsTheAnnotationThenTheNameThenTheOrder) {
  Pod one = pod("a", "1");
  EXPECT_EQ(choose_container(one, "")->name, "box");
  one.default_container = "side";
  EXPECT_EQ(choose_container(one, "")->name, "side");
  one.default_container = "gone";
  EXPECT_EQ(choose_container(one, ""), nullptr);
  one.default_container = "";
  one.containers = {{"x", false}, {"y", true}, {"z", true}};
  EXPECT_EQ(choose_container(one, "")->name, "x");
  one.containers.clear();
  EXPECT_EQ(choose_container(one, ""), nullptr);
}

TEST(ChooseContainer, TakesASidecarOnlyByName) {
  Pod one = pod("a", "1");
  one.containers = {{"app", true},
                    {"proxy", true, ContainerRole::kSidecar},
                    {"debug", true, ContainerRole::kEphemeral}};
  EXPECT_EQ(choose_container(one, "")->name, "app");
  EXPECT_EQ(choose_container(one, "debug")->name, "debug");
  one.default_container = "proxy";
  EXPECT_EQ(choose_container(one, "")->name, "proxy");
  one.containers.erase(one.containers.begin());
  one.default_container = "";
  EXPECT_EQ(choose_container(one, ""), nullptr);
}

}  // namespace
}  // namespace zomg::kubernetes
