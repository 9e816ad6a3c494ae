#include "monitor/resolver/cri_choice.h"

#include <gtest/gtest.h>

#include "common/limits.h"

namespace zomg::resolver {
namespace {

using common::Failure;

const BoxName kBox{"demo", "box1"};

Sandbox sandbox(std::string id, std::string kubernetes_namespace, std::int64_t created_at) {
  return {.id = id,
          .pod = "pod-" + id,
          .kubernetes_namespace = std::move(kubernetes_namespace),
          .labels = kBox,
          .default_container = "",
          .created_at = created_at,
          .ready = true};
}

Container container(std::string id, std::string name, std::int64_t created_at) {
  return {.id = std::move(id),
          .sandbox_id = "s",
          .name = std::move(name),
          .created_at = created_at,
          .running = true};
}

std::string id_of(const Container* chosen) {
  return chosen == nullptr ? "none" : chosen->id;
}

TEST(ChooseSandbox, TakesTheNewestOfOneNamespace) {
  const std::vector<Sandbox> sandboxes{sandbox("a", "n", 1), sandbox("b", "n", 3),
                                       sandbox("c", "n", 2)};
  const auto choice = choose_sandbox(sandboxes, kBox, "");
  EXPECT_EQ(choice.failure, Failure::kNone);
  EXPECT_EQ(choice.sandbox->id, "b");
  EXPECT_EQ(choice.candidates, 3U);
}

TEST(ChooseSandbox, KnowsNoSuchBox) {
  EXPECT_EQ(choose_sandbox({}, kBox, "").failure, Failure::kNoSuchBox);
  const std::vector<Sandbox> sandboxes{sandbox("a", "n", 1)};
  EXPECT_EQ(choose_sandbox(sandboxes, kBox, "other").failure, Failure::kNoSuchBox);
}

TEST(ChooseSandbox, RefusesSeveralNamespaces) {
  const std::vector<Sandbox> sandboxes{sandbox("a", "n", 1), sandbox("b", "m", 2),
                                       sandbox("c", "n", 3)};
  const auto choice = choose_sandbox(sandboxes, kBox, "");
  EXPECT_EQ(choice.failure, Failure::kAmbiguousNamespace);
  EXPECT_EQ(choice.sandbox, nullptr);
  EXPECT_EQ(choice.rivals[0]->id, "a");
  EXPECT_EQ(choice.rivals[1]->id, "b");
}

TEST(ChooseSandbox, TakesTheNamedNamespaceAlone) {
  const std::vector<Sandbox> sandboxes{sandbox("a", "n", 1), sandbox("b", "m", 9)};
  const auto choice = choose_sandbox(sandboxes, kBox, "n");
  EXPECT_EQ(choice.sandbox->id, "a");
  EXPECT_EQ(choice.candidates, 1U);
}

TEST(ChooseSandbox, DoesNotTrustTheRuntimesFilter) {
  std::vector<Sandbox> sandboxes(4, sandbox("a", "n", 1));
  sandboxes[0].labels.project = "other";
  sandboxes[1].labels.box = "";
  sandboxes[2].labels.box = "box10";
  sandboxes[3].ready = false;
  EXPECT_EQ(choose_sandbox(sandboxes, kBox, "").failure, Failure::kNoSuchBox);
  sandboxes.push_back(sandbox("right", "m", 0));
  EXPECT_EQ(choose_sandbox(sandboxes, kBox, "").sandbox->id, "right");
}

TEST(ChooseContainer, TakesTheAnnotatedOne) {
  const std::vector<Container> containers{container("1", "box", 1), container("2", "work", 2)};
  Sandbox annotated = sandbox("s", "n", 1);
  annotated.default_container = "work";
  EXPECT_EQ(id_of(choose_container(containers, annotated)), "2");
}

TEST(ChooseContainer, TakesNoOtherThanTheAnnotatedOne) {
  std::vector<Container> containers{container("1", "box", 1), container("2", "work", 2)};
  containers[1].running = false;
  Sandbox annotated = sandbox("s", "n", 1);
  annotated.default_container = "work";
  EXPECT_EQ(id_of(choose_container(containers, annotated)), "none");
}

TEST(ChooseContainer, TakesBoxElseTheFirst) {
  std::vector<Container> containers{container("3", "c", 3), container("1", "a", 1),
                                    container("2", "box", 2)};
  EXPECT_EQ(id_of(choose_container(containers, sandbox("s", "n", 1))), "2");
  containers[2].name = "b";
  EXPECT_EQ(id_of(choose_container(containers, sandbox("s", "n", 1))), "1");
  EXPECT_EQ(id_of(choose_container({}, sandbox("s", "n", 1))), "none");
}

TEST(ChooseContainer, TakesTheLaterAttemptOfOneName) {
  const std::vector<Container> containers{container("1", "box", 1), container("2", "box", 2)};
  EXPECT_EQ(id_of(choose_container(containers, sandbox("s", "n", 1))), "2");
}

TEST(ChooseContainer, IgnoresOtherPodsAndWhatDoesNotRun) {
  std::vector<Container> containers{container("1", "box", 1), container("2", "box", 2)};
  containers[0].sandbox_id = "other";
  containers[1].running = false;
  EXPECT_EQ(id_of(choose_container(containers, sandbox("s", "n", 1))), "none");
}

TEST(CheckContainerId, TakesHexadecimalOnly) {
  EXPECT_TRUE(check_container_id(std::string(limits::kMinContainerIdBytes, 'f')));
  EXPECT_TRUE(check_container_id(std::string(limits::kMaxContainerIdBytes, '0')));
  EXPECT_FALSE(check_container_id(std::string(limits::kMinContainerIdBytes - 1, 'f')));
  EXPECT_FALSE(check_container_id(std::string(limits::kMaxContainerIdBytes + 1, 'f')));
  EXPECT_FALSE(check_container_id(std::string(limits::kMinContainerIdBytes, 'F')));
  EXPECT_FALSE(check_container_id(std::string(limits::kMinContainerIdBytes, '/')));
}

}  // namespace
}  // namespace zomg::resolver
