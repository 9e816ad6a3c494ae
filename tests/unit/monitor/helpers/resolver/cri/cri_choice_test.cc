#include "monitor/helpers/resolver/cri/cri_choice.h"

#include <gtest/gtest.h>

#include "common/base/limits.h"

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
