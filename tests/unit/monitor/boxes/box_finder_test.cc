#include "monitor/boxes/box_finder.h"

#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <optional>
#include <vector>

namespace zomg::monitor {
namespace {

using common::Failure;
using namespace std::chrono_literals;

/// Answers when the test does.
class PlayedLookup : public BoxLookup {
 public:
  RequestId look_up(const common::LoginName& name, OnReply on_reply) override {
    asked.push_back(name.container);
    replies_.push_back(std::move(on_reply));
    return replies_.size();
  }

  /// Question `number`, from 0: with this container of the one pod.
  void answer(std::size_t number, std::string_view container) {
    LookedUpBox box;
    box.claim.pod = std::string_view("pod");
    box.claim.pod_uid = std::string_view("uid");
    box.claim.kubernetes_namespace = std::string_view("default");
    box.claim.container = container;
    replies_.at(number)(Failure::kNone, std::move(box));
  }

  /// That no pod has the labels of question `number`.
  void deny(std::size_t number) { replies_.at(number)(Failure::kNoSuchBox, {}); }

  std::vector<std::string> asked;

 private:
  std::vector<OnReply> replies_;
};

class BoxFinderTest : public testing::Test {
 protected:
  /// What the search was answered with, in the end; empty: not yet.
  struct Found {
    std::string container;
  };

  BoxFinder::SearchId find(Found& found) {
    return finder_.find({"demo", "box1", ""}, [&found](Failure failure, FoundPath path) {
      found.container =
          failure == Failure::kNone ? std::string(path.box.claim.container.value) : "none";
    });
  }

  /// Runs the loop until each of the steps was done, one after the other, or for so long that only a
  /// lookup's own time is longer.
  bool run(std::deque<std::function<bool()>> steps) {
    int tries = 0;
    std::function<void()> poll = [&] {
      while (!steps.empty() && steps.front()()) steps.pop_front();
      if (steps.empty() || ++tries == 400) return loop_.stop();
      loop_.after(10ms, poll);
    };
    poll();
    loop_.run();
    return steps.empty();
  }

  /// A step that is done when so much time has passed since it was looked at first.
  static std::function<bool()> after(std::chrono::milliseconds time) {
    return [time, start = std::optional<std::chrono::steady_clock::time_point>()]() mutable {
      const auto now = std::chrono::steady_clock::now();
      if (!start) start = now;
      return now - *start >= time;
    };
  }

  EventLoop loop_;
  PlayedLookup node_;
  PlayedLookup cluster_;
  BoxFinder finder_{loop_, &node_, &cluster_};
};

TEST_F(BoxFinderTest, TakesABoxOfThisNodeSoonWhereTheApiServerHangs) {
  Found found;
  find(found);
  node_.answer(0, "app");
  EXPECT_TRUE(run({[&found] { return found.container == "app"; }}));
}

TEST_F(BoxFinderTest, AsksTheNodeForTheContainerOfTheSpec) {
  Found first;
  find(first);
  cluster_.answer(0, "app");
  node_.answer(0, "logger");
  ASSERT_EQ(node_.asked, (std::vector<std::string>{"", "app"}));
  node_.answer(1, "app");
  EXPECT_EQ(first.container, "app");
}

/// Its word is the last one: it may say that the pod has lost its labels.
TEST_F(BoxFinderTest, WaitsLongerForAnApiServerThatAnswersSlowly) {
  Found first;
  find(first);
  node_.answer(0, "app");
  Found second;
  const bool done = run({[&first] { return first.container == "app"; }, after(250ms),
                         [&] {
                           cluster_.deny(0);
                           find(second);
                           node_.answer(1, "app");
                           return true;
                         },
                         after(250ms),
                         [&] {
                           EXPECT_EQ(second.container, "");
                           cluster_.deny(1);
                           return true;
                         }});
  EXPECT_TRUE(done);
  EXPECT_EQ(second.container, "none");
}

TEST_F(BoxFinderTest, WaitsForNoApiServerLongerThanAUserBears) {
  Found first;
  find(first);
  node_.answer(0, "app");
  Found second;
  const bool done = run({after(1100ms),
                         [&] {
                           cluster_.answer(0, "app");
                           find(second);
                           node_.answer(1, "app");
                           return true;
                         },
                         [&second] { return second.container == "app"; }});
  EXPECT_TRUE(done);
  // And then not at all.
  Found third;
  find(third);
  node_.answer(2, "app");
  EXPECT_EQ(third.container, "app");
}

/// And another search hears from it just when the first has waited for it, and asks the node again.
TEST_F(BoxFinderTest, WaitsAsShortASecondTimeForAnApiServerThatHangs) {
  Found known;
  find(known);
  cluster_.answer(0, "app");
  node_.answer(0, "app");
  ASSERT_EQ(known.container, "app");

  Found found;
  find(found);
  node_.answer(1, "logger");
  Found other;
  const bool done = run({[this] { return node_.asked.size() == 3; },
                         [&] {
                           find(other);
                           cluster_.answer(2, "app");
                           node_.answer(2, "app");
                           return true;
                         },
                         [&found] { return found.container == "app"; }});
  EXPECT_TRUE(done);
}

}  // namespace
}  // namespace zomg::monitor
