#include "monitor/boxes/box_finder.h"

#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "monitor/lookups/server_health.h"

namespace zomg::monitor {
namespace {

using common::Failure;
using namespace std::chrono_literals;

/// Answers when the test does.
class PlayedLookup : public BoxLookup {
 public:
  RequestId look_up(const common::LoginName& name, const std::string&, OnReply on_reply) override {
    asked.push_back(name.container);
    questions_.push_back(
        {std::move(on_reply), queued ? std::nullopt : std::optional(Clock::now())});
    health_.ask(Clock::now());
    return {questions_.size(), 0};
  }
  void cancel(RequestId request) override {
    questions_.at(request.question - 1).on_reply = nullptr;
  }
  bool under_way(RequestId request) const override {
    return questions_.at(request.question - 1).sent.has_value();
  }
  Clock::duration patience(RequestId request) const override {
    return health_.patience(questions_.at(request.question - 1).sent, Clock::now());
  }

  /// Question `number`, from 0: with this container of the one pod.
  void answer(std::size_t number, std::string_view container) {
    LookedUpBox box = pod();
    box.claim.container = container;
    reply(number, Failure::kNone, std::move(box));
  }

  /// That no pod has the labels of question `number`.
  void deny(std::size_t number) { reply(number, Failure::kNoSuchBox, {}); }

  /// Another failure; of a box that is not ready, of this pod or another.
  void fail(std::size_t number, Failure failure, std::string_view of_pod = "") {
    LookedUpBox box;
    if (!of_pod.empty()) box = pod();
    box.claim.pod = of_pod;
    reply(number, failure, std::move(box));
  }

  void send(std::size_t number) { questions_.at(number).sent = Clock::now(); }

  std::vector<std::string> asked;
  /// What is asked is not sent.
  bool queued = false;

 private:
  struct Question {
    OnReply on_reply;
    std::optional<Clock::time_point> sent;
  };

  static LookedUpBox pod() {
    LookedUpBox box;
    box.claim.pod = std::string_view("pod");
    box.claim.pod_uid = std::string_view("uid");
    box.claim.kubernetes_namespace = std::string_view("default");
    return box;
  }

  void reply(std::size_t number, Failure failure, LookedUpBox box) {
    Question& question = questions_.at(number);
    const auto now = Clock::now();
    box.asked = question.sent.value_or(now);
    health_.hear(failure == Failure::kKubernetesUnreachable, now - box.asked, /*others=*/false,
                 now);
    if (const auto on_reply = std::exchange(question.on_reply, nullptr)) {
      on_reply(failure, std::move(box));
    }
  }

  std::vector<Question> questions_;
  ServerHealth health_;
};

class BoxFinderTest : public testing::Test {
 protected:
  /// What the search was answered with, in the end; empty: not yet.
  struct Found {
    std::string container;
    Failure failure = Failure::kNone;
  };

  BoxFinder::SearchId find(Found& found) {
    return finder_.find({"demo", "box1", ""}, "key", [&found](Failure failure, FoundPath path) {
      found.failure = failure;
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

/// A user's lookup in our queue is no sign of how the server is.
TEST_F(BoxFinderTest, WaitsForItsTurnHoweverLong) {
  cluster_.queued = true;
  Found found;
  find(found);
  node_.answer(0, "app");
  const bool done = run({after(500ms), [&] {
                           EXPECT_EQ(found.container, "");
                           cluster_.send(0);
                           cluster_.deny(0);
                           return true;
                         }});
  EXPECT_TRUE(done);
  EXPECT_EQ(found.failure, Failure::kNoSuchBox);
}

TEST_F(BoxFinderTest, RefusesABoxThatWaitedForItsTurnInVain) {
  cluster_.queued = true;
  Found found;
  find(found);
  node_.answer(0, "app");
  cluster_.fail(0, Failure::kLookupTimedOut);
  EXPECT_EQ(found.failure, Failure::kLookupTimedOut);
}

/// Whatever becomes of the server.
TEST_F(BoxFinderTest, KeepsANo) {
  Found found;
  find(found);
  node_.answer(0, "app");
  cluster_.deny(0);
  ASSERT_EQ(found.failure, Failure::kNoSuchBox);
  std::size_t asked = 1;
  for (const Failure failure : {Failure::kKubernetesUnreachable, Failure::kKubernetesBusy,
                                Failure::kKubernetesRefused, Failure::kLookupFailed}) {
    Found again;
    find(again);
    node_.answer(asked, "app");
    EXPECT_EQ(again.container, "") << "it waits for the server's word";
    cluster_.fail(asked++, failure);
    EXPECT_EQ(again.failure, Failure::kNoSuchBox);
  }
  Found silent;
  find(silent);
  node_.answer(asked, "app");
  EXPECT_TRUE(run({after(1500ms)}));
  EXPECT_EQ(silent.container, "");
  // Until it says otherwise.
  cluster_.answer(asked++, "app");
  EXPECT_EQ(silent.container, "app");
  Found found_again;
  find(found_again);
  node_.answer(asked, "app");
  cluster_.fail(asked, Failure::kKubernetesUnreachable);
  EXPECT_EQ(found_again.container, "app");
}

TEST_F(BoxFinderTest, KeepsANoThatCameTooLate) {
  Found first;
  const BoxFinder::SearchId search = find(first);
  node_.answer(0, "app");
  Found second;
  const bool done = run({[&first] { return first.container == "app"; },
                         [&] {
                           finder_.cancel(search);
                           cluster_.deny(0);
                           find(second);
                           node_.answer(1, "app");
                           cluster_.fail(1, Failure::kKubernetesUnreachable);
                           return true;
                         }});
  EXPECT_TRUE(done);
  EXPECT_EQ(second.failure, Failure::kNoSuchBox);
}

TEST_F(BoxFinderTest, GoesByTheNodeWhereTheServerFailedAndNeverSaidNo) {
  for (std::size_t number = 0; number < 2; ++number) {
    Found found;
    find(found);
    cluster_.fail(number, Failure::kKubernetesUnreachable);
    node_.answer(number, "app");
    EXPECT_EQ(found.container, "app");
  }
}

}  // namespace
}  // namespace zomg::monitor
