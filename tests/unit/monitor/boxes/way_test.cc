#include "monitor/boxes/way.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zomg::monitor {
namespace {

using common::Failure;

LookupAnswer found(std::string_view pod, std::string_view kubernetes_namespace = "n") {
  LookupAnswer answer;
  answer.claim.pod = pod;
  answer.claim.kubernetes_namespace = kubernetes_namespace;
  return answer;
}

LookupAnswer failed(Failure failure) {
  LookupAnswer answer;
  answer.failure = failure;
  return answer;
}

TEST(ChooseWay, EntersABoxOfThisNode) {
  const auto here = found("a");
  EXPECT_EQ(choose_way(&here, nullptr).way, Way::kNode);
  const auto same = found("a");
  EXPECT_EQ(choose_way(&here, &same).way, Way::kNode);
}

TEST(ChooseWay, EntersABoxOfThisNodeWhateverBecomesOfTheCluster) {
  const auto here = found("a");
  for (const Failure failure :
       {Failure::kKubernetesUnreachable, Failure::kKubernetesRefused, Failure::kKubernetesBusy,
        Failure::kLookupFailed, Failure::kLookupTimedOut, Failure::kBoxNotReady}) {
    const auto there = failed(failure);
    EXPECT_EQ(choose_way(&here, &there).way, Way::kNode);
  }
}

TEST(ChooseWay, RefusesABoxWhoseLabelsTheApiServerDoesNotHave) {
  const auto here = found("a");
  auto nowhere = failed(Failure::kNoSuchBox);
  EXPECT_EQ(choose_way(&here, &nowhere).failure, Failure::kNoSuchBox);
  nowhere.claim.kubernetes_namespace = std::string_view("n");
  EXPECT_EQ(choose_way(&here, &nowhere).failure, Failure::kNoSuchBox);
  // It was not asked about the pod's own namespace.
  nowhere.claim.kubernetes_namespace = std::string_view("other");
  EXPECT_EQ(choose_way(&here, &nowhere).way, Way::kNode);
}

TEST(ChooseWay, RefusesTwoNamespacesWhoeverSeesThem) {
  const auto here = found("a");
  const auto stranger = found("a", "stranger");
  EXPECT_EQ(choose_way(&here, &stranger).failure, Failure::kAmbiguousNamespace);
  const auto ambiguous = failed(Failure::kAmbiguousNamespace);
  EXPECT_EQ(choose_way(&here, &ambiguous).failure, Failure::kAmbiguousNamespace);
  EXPECT_EQ(choose_way(&ambiguous, &here).failure, Failure::kAmbiguousNamespace);
  EXPECT_EQ(choose_way(&ambiguous, nullptr).failure, Failure::kAmbiguousNamespace);
  EXPECT_EQ(choose_way(&ambiguous, nullptr).way, Way::kNone);
}

TEST(ChooseWay, TakesTheNewerPodOfAnotherNode) {
  const auto here = found("old");
  const auto there = found("new");
  EXPECT_EQ(choose_way(&here, &there).way, Way::kCluster);
}

TEST(ChooseWay, GoesByTheClusterForEverythingElseWithTheReason) {
  const auto there = found("a");
  EXPECT_EQ(choose_way(nullptr, &there).way, Way::kCluster);
  const auto none = failed(Failure::kNoSuchBox);
  EXPECT_EQ(choose_way(&none, &there).reason, "no pod of this node");
  EXPECT_EQ(choose_way(&none, &there).fallback, messages::FallbackReason::kNotOnNode);
  const auto down = failed(Failure::kLookupFailed);
  EXPECT_EQ(choose_way(&down, &there).reason, "CRI could not be asked");
  EXPECT_EQ(choose_way(&down, &there).fallback, messages::FallbackReason::kCriFailed);
}

TEST(ChooseWay, GoesByTheClusterForAPodThatIsNotEntered) {
  auto here = found("a");
  here.failure = Failure::kNotAContainer;
  EXPECT_EQ(choose_way(&here, nullptr).failure, Failure::kNotAContainer);
  const auto same = found("a");
  const WayChoice choice = choose_way(&here, &same);
  EXPECT_EQ(choice.way, Way::kCluster);
  EXPECT_EQ(choice.fallback, messages::FallbackReason::kNotEntered);
  EXPECT_THAT(choice.reason, testing::HasSubstr("runtime"));
  const auto newer = found("b");
  EXPECT_EQ(choose_way(&here, &newer).fallback, messages::FallbackReason::kNewerElsewhere);
  const auto stranger = found("a", "stranger");
  EXPECT_EQ(choose_way(&here, &stranger).failure, Failure::kAmbiguousNamespace);
  const auto unreachable = failed(Failure::kKubernetesUnreachable);
  EXPECT_EQ(choose_way(&here, &unreachable).failure, Failure::kNotAContainer);
}

TEST(ChooseWay, TellsWhyThereIsNone) {
  struct Row {
    Failure node;
    Failure cluster;
    Failure told;
  };
  for (const Row& row : {
           Row{Failure::kNoSuchBox, Failure::kNoSuchBox, Failure::kNoSuchBox},
           Row{Failure::kLookupFailed, Failure::kNoSuchBox, Failure::kNoSuchBox},
           Row{Failure::kNoSuchBox, Failure::kBoxNotReady, Failure::kBoxNotReady},
           Row{Failure::kBoxNotReady, Failure::kNoSuchBox, Failure::kBoxNotReady},
           Row{Failure::kBoxNotReady, Failure::kKubernetesBusy, Failure::kBoxNotReady},
           Row{Failure::kSeveralContainers, Failure::kKubernetesBusy, Failure::kSeveralContainers},
           Row{Failure::kNoSuchContainer, Failure::kNoSuchContainer, Failure::kNoSuchContainer},
           Row{Failure::kNoSuchBox, Failure::kKubernetesUnreachable,
               Failure::kKubernetesUnreachable},
           Row{Failure::kNoSuchBox, Failure::kKubernetesRefused, Failure::kKubernetesRefused},
           // Not known to be elsewhere.
           Row{Failure::kLookupFailed, Failure::kKubernetesUnreachable, Failure::kLookupFailed},
       }) {
    const auto node = failed(row.node);
    const auto cluster = failed(row.cluster);
    EXPECT_EQ(choose_way(&node, &cluster).failure, row.told);
    EXPECT_EQ(choose_way(&node, &cluster).way, Way::kNone);
  }
  const auto down = failed(Failure::kLookupFailed);
  EXPECT_EQ(choose_way(&down, nullptr).failure, Failure::kLookupFailed);
  EXPECT_EQ(choose_way(nullptr, &down).failure, Failure::kLookupFailed);
}

}  // namespace
}  // namespace zomg::monitor
