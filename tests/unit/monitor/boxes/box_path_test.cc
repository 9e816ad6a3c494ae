#include "monitor/boxes/box_path.h"

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

TEST(ChooseBoxPath, EntersABoxOfThisNode) {
  const auto here = found("a");
  EXPECT_EQ(choose_box_path(&here, nullptr).way, BoxPath::kNode);
  const auto same = found("a");
  EXPECT_EQ(choose_box_path(&here, &same).way, BoxPath::kNode);
}

TEST(ChooseBoxPath, EntersABoxOfThisNodeWhateverBecomesOfTheCluster) {
  const auto here = found("a");
  for (const Failure failure :
       {Failure::kKubernetesUnreachable, Failure::kKubernetesRefused, Failure::kKubernetesBusy,
        Failure::kLookupFailed, Failure::kLookupTimedOut, Failure::kBoxNotReady}) {
    const auto there = failed(failure);
    EXPECT_EQ(choose_box_path(&here, &there).way, BoxPath::kNode);
  }
}

TEST(ChooseBoxPath, RefusesABoxWhoseLabelsTheApiServerDoesNotHave) {
  const auto here = found("a");
  auto nowhere = failed(Failure::kNoSuchBox);
  EXPECT_EQ(choose_box_path(&here, &nowhere).failure, Failure::kNoSuchBox);
  nowhere.claim.kubernetes_namespace = std::string_view("n");
  EXPECT_EQ(choose_box_path(&here, &nowhere).failure, Failure::kNoSuchBox);
  // It was not asked about the pod's own namespace.
  nowhere.claim.kubernetes_namespace = std::string_view("other");
  EXPECT_EQ(choose_box_path(&here, &nowhere).way, BoxPath::kNode);
}

/// Its labels are another pod's now, which does not run.
TEST(ChooseBoxPath, RefusesABoxBesideAnotherThatTheApiServerNames) {
  const auto here = found("a");
  for (const Failure failure : {Failure::kBoxNotReady, Failure::kNoSuchContainer}) {
    auto there = found("b");
    there.failure = failure;
    EXPECT_EQ(choose_box_path(&here, &there).way, BoxPath::kNone);
    EXPECT_EQ(choose_box_path(&here, &there).failure, failure);
    there.claim.pod = std::string_view("a");
    EXPECT_EQ(choose_box_path(&here, &there).way, BoxPath::kNode);
  }
}

TEST(ChooseBoxPath, RefusesTwoNamespacesWhoeverSeesThem) {
  const auto here = found("a");
  const auto stranger = found("a", "stranger");
  EXPECT_EQ(choose_box_path(&here, &stranger).failure, Failure::kAmbiguousNamespace);
  const auto ambiguous = failed(Failure::kAmbiguousNamespace);
  EXPECT_EQ(choose_box_path(&here, &ambiguous).failure, Failure::kAmbiguousNamespace);
  EXPECT_EQ(choose_box_path(&ambiguous, &here).failure, Failure::kAmbiguousNamespace);
  EXPECT_EQ(choose_box_path(&ambiguous, nullptr).failure, Failure::kAmbiguousNamespace);
  EXPECT_EQ(choose_box_path(&ambiguous, nullptr).way, BoxPath::kNone);
}

TEST(ChooseBoxPath, TakesTheNewerPodOfAnotherNode) {
  const auto here = found("old");
  const auto there = found("new");
  EXPECT_EQ(choose_box_path(&here, &there).way, BoxPath::kCluster);
}

TEST(ChooseBoxPath, GoesByTheClusterForEverythingElseWithTheReason) {
  const auto there = found("a");
  EXPECT_EQ(choose_box_path(nullptr, &there).way, BoxPath::kCluster);
  const auto none = failed(Failure::kNoSuchBox);
  EXPECT_EQ(choose_box_path(&none, &there).reason, "no pod of this node");
  EXPECT_EQ(choose_box_path(&none, &there).fallback, messages::FallbackReason::kNotOnNode);
  const auto down = failed(Failure::kLookupFailed);
  EXPECT_EQ(choose_box_path(&down, &there).reason, "CRI could not be asked");
  EXPECT_EQ(choose_box_path(&down, &there).fallback, messages::FallbackReason::kCriFailed);
}

TEST(ChooseBoxPath, GoesByTheClusterForAPodThatIsNotEntered) {
  auto here = found("a");
  here.failure = Failure::kNotAContainer;
  EXPECT_EQ(choose_box_path(&here, nullptr).failure, Failure::kNotAContainer);
  const auto same = found("a");
  const BoxPathChoice choice = choose_box_path(&here, &same);
  EXPECT_EQ(choice.way, BoxPath::kCluster);
  EXPECT_EQ(choice.fallback, messages::FallbackReason::kNotEntered);
  EXPECT_THAT(choice.reason, testing::HasSubstr("runtime"));
  const auto newer = found("b");
  EXPECT_EQ(choose_box_path(&here, &newer).fallback, messages::FallbackReason::kNewerElsewhere);
  const auto stranger = found("a", "stranger");
  EXPECT_EQ(choose_box_path(&here, &stranger).failure, Failure::kAmbiguousNamespace);
  const auto unreachable = failed(Failure::kKubernetesUnreachable);
  EXPECT_EQ(choose_box_path(&here, &unreachable).failure, Failure::kNotAContainer);
}

TEST(ChooseBoxPath, TellsWhyThereIsNone) {
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
    EXPECT_EQ(choose_box_path(&node, &cluster).failure, row.told);
    EXPECT_EQ(choose_box_path(&node, &cluster).way, BoxPath::kNone);
  }
  const auto down = failed(Failure::kLookupFailed);
  EXPECT_EQ(choose_box_path(&down, nullptr).failure, Failure::kLookupFailed);
  EXPECT_EQ(choose_box_path(nullptr, &down).failure, Failure::kLookupFailed);
}

}  // namespace
}  // namespace zomg::monitor
