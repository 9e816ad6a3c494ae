#include "monitor/helpers/resolver/container/container_choice.h"

#include <gtest/gtest.h>

#include <map>

namespace zomg::resolver {
namespace {

using common::Failure;

Container container(std::string id, std::string name, std::int64_t created_at,
                    std::uint32_t attempt = 0) {
  return {.id = std::move(id),
          .sandbox_id = "s",
          .name = std::move(name),
          .created_at = created_at,
          .attempt = attempt,
          .running = true};
}

Container ended(std::string id, std::string name, std::int64_t created_at,
                std::uint32_t attempt = 0) {
  Container one = container(std::move(id), std::move(name), created_at, attempt);
  one.running = false;
  return one;
}

Sandbox sandbox(std::string default_container = "") {
  Sandbox pod;
  pod.id = "s";
  pod.default_container = std::move(default_container);
  return pod;
}

/// Of the containers' ends, by id.
using Ends = std::map<std::string, ContainerEnd>;

ContainerChoice choose(const std::vector<Container>& containers, std::string_view wanted = "",
                       const Sandbox& pod = sandbox(), const Ends& ends = {}) {
  return choose_container(containers, pod, wanted, [&ends](const Container& one) {
    const auto end = ends.find(one.id);
    return end == ends.end() ? std::nullopt : std::optional(end->second);
  });
}

/// The id of what was chosen, or why nothing was.
std::string chosen(const ContainerChoice& choice) {
  if (choice.failure != Failure::kNone) return std::string(happening(choice.failure));
  return choice.container->id;
}

const std::string kNotReady(happening(Failure::kBoxNotReady));
const std::string kSeveral(happening(Failure::kSeveralContainers));

TEST(ChooseContainer, TakesTheWantedOneBeforeAllOthers) {
  const std::vector<Container> containers{container("1", "box", 1), container("2", "work", 2),
                                          container("3", "logger", 3)};
  EXPECT_EQ(chosen(choose(containers, "logger", sandbox("work"))), "3");
}

TEST(ChooseContainer, NamesTheOthersWhereTheWantedOneIsNone) {
  const std::vector<Container> containers{container("2", "work", 2), container("1", "app", 1)};
  const ContainerChoice choice = choose(containers, "loger");
  EXPECT_EQ(choice.failure, Failure::kNoSuchContainer);
  EXPECT_EQ(choice.names, (std::vector<std::string>{"app", "work"}));
}

TEST(ChooseContainer, TakesTheAnnotatedOneAndNoOther) {
  std::vector<Container> containers{container("1", "box", 1), container("2", "work", 2)};
  EXPECT_EQ(chosen(choose(containers, "", sandbox("work"))), "2");
  containers[1].running = false;
  EXPECT_EQ(chosen(choose(containers, "", sandbox("work"))), kNotReady);
  EXPECT_EQ(chosen(choose(containers, "", sandbox("gone"))), kNotReady);
}

TEST(ChooseContainer, TakesBoxAndNoOther) {
  std::vector<Container> containers{container("1", "a", 1), container("2", "box", 2)};
  EXPECT_EQ(chosen(choose(containers)), "2");
  containers[1].running = false;
  EXPECT_EQ(chosen(choose(containers)), kNotReady);
}

TEST(ChooseContainer, TakesTheFirstThatWasMade) {
  EXPECT_EQ(chosen(choose({container("3", "c", 3), container("1", "a", 1)})), "1");
  EXPECT_EQ(chosen(choose({})), kNotReady);
}

TEST(ChooseContainer, TakesTheLaterAttemptOfOneName) {
  EXPECT_EQ(chosen(choose({ended("1", "box", 1), container("2", "box", 2, 1)})), "2");
}

TEST(ChooseContainer, GoesOnToTakeTheFirstAfterItRestarted) {
  EXPECT_EQ(chosen(choose(
                {ended("1", "app", 1), container("2", "logger", 2), container("3", "app", 3, 1)})),
            "3");
}

TEST(ChooseContainer, TakesNoOtherWhileTheFirstRestarts) {
  const Ends failed{{"1", {3, 1}}};
  EXPECT_EQ(
      chosen(choose({ended("1", "app", 1), container("2", "logger", 2)}, "", sandbox(), failed)),
      kNotReady);
  const Ends succeeded{{"1", {3, 0}}};
  EXPECT_EQ(
      chosen(choose({ended("1", "app", 1), container("2", "logger", 2)}, "", sandbox(), succeeded)),
      kNotReady);
}

TEST(ChooseContainer, PassesOverInitContainers) {
  const Ends ends{{"1", {2, 0}}, {"2", {4, 0}}};
  EXPECT_EQ(chosen(choose({ended("1", "init", 1), ended("2", "again", 3, 2),
                           container("3", "app", 5), container("4", "logger", 6)},
                          "", sandbox(), ends)),
            "3");
}

TEST(ChooseContainer, DoesNotGuessWhereTheOrderIsLost) {
  const ContainerChoice choice = choose({container("2", "logger", 2), container("3", "app", 3, 1)});
  EXPECT_EQ(chosen(choice), kSeveral);
  EXPECT_EQ(choice.names, (std::vector<std::string>{"logger", "app"}));
  EXPECT_EQ(chosen(choose({ended("2", "app", 2, 1), container("3", "logger", 3)})), kSeveral);
}

TEST(ChooseContainer, TakesTheOnlyOneHoweverOftenItRestarted) {
  EXPECT_EQ(chosen(choose({container("9", "app", 9, 7)})), "9");
}

TEST(ChooseContainer, IgnoresOtherPods) {
  std::vector<Container> containers{container("1", "box", 1)};
  containers[0].sandbox_id = "other";
  EXPECT_EQ(chosen(choose(containers)), kNotReady);
}

}  // namespace
}  // namespace zomg::resolver
