#include "monitor/boxes/session_places.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

namespace zomg::monitor {
namespace {

using common::Failure;

Capacity some() {
  Capacity capacity;
  capacity.sessions = 6;
  capacity.sessions_per_key = 4;
  capacity.sessions_per_box = 3;
  capacity.tasks = 2 * kTasksOfKubectlSession;
  capacity.tasks_per_key = kTasksOfKubectlSession + kTasksOfSession;
  return capacity;
}

class SessionPlacesTest : public testing::Test {
 protected:
  /// Takes a place for good.
  Failure take(const std::string& box, const std::string& key,
               messages::BoxPath path = messages::BoxPath::kCri) {
    return places_->take(held_.emplace_back(), {box, key}, path);
  }

  std::optional<SessionPlaces> places_{some()};
  std::vector<SessionPlaces::Held> held_;
};

TEST_F(SessionPlacesTest, AreSoManyOfABoxOfAKeyAndInAll) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(take("box", "key"), Failure::kNone);
  EXPECT_EQ(take("box", "key"), Failure::kTooManySessionsInBox);
  EXPECT_EQ(take("other", "key"), Failure::kNone);
  EXPECT_EQ(take("other", "key"), Failure::kTooManySessionsOfKey);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(take("other", "second"), Failure::kNone);
  EXPECT_EQ(take("third", "second"), Failure::kTooManySessionsInAll);
}

TEST_F(SessionPlacesTest, AreTakenUntilAllThatHoldsOneHasEnded) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(take("box", "key"), Failure::kNone);
  SessionPlaces::Held recorders = held_.front();
  held_.front().reset();
  EXPECT_EQ(take("box", "key"), Failure::kTooManySessionsInBox);
  recorders.reset();
  EXPECT_EQ(take("box", "key"), Failure::kNone);
}

TEST_F(SessionPlacesTest, OfASessionByKubectlTakeMore) {
  EXPECT_EQ(take("box", "key", messages::BoxPath::kKubectl), Failure::kNone);
  EXPECT_EQ(take("box", "key", messages::BoxPath::kKubectl), Failure::kTooManySessionsOfKey);
  EXPECT_EQ(take("box", "key"), Failure::kNone);
  EXPECT_EQ(take("other", "second", messages::BoxPath::kKubectl), Failure::kTooManySessionsInAll);
}

TEST_F(SessionPlacesTest, BecomeOnesOnAnotherWayWhereThereIsRoom) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(take("box", "key"), Failure::kNone);
  // Its own place is not in its way, but what the others have is.
  const SessionPlaces::Counted counted{"box", "key"};
  EXPECT_EQ(places_->take(held_.front(), counted, messages::BoxPath::kKubectl),
            Failure::kTooManySessionsOfKey);
  EXPECT_EQ(take("box", "key"), Failure::kTooManySessionsInBox);
  held_[2].reset();
  EXPECT_EQ(places_->take(held_.front(), counted, messages::BoxPath::kKubectl), Failure::kNone);
  EXPECT_EQ(take("other", "key"), Failure::kTooManySessionsOfKey);
  held_.front().reset();
  EXPECT_EQ(take("other", "key"), Failure::kNone);
}

TEST_F(SessionPlacesTest, AreGivenToNobodyOnceTheyAreClosed) {
  EXPECT_EQ(take("box", "key"), Failure::kNone);
  places_->close();
  EXPECT_EQ(take("box", "key"), Failure::kGatewayStopping);
  EXPECT_EQ(places_->refusal({"box", "key"}, messages::BoxPath::kCri), Failure::kGatewayStopping);
  // Not even to who has one, and wants it on another way or once more.
  for (const auto path : {messages::BoxPath::kCri, messages::BoxPath::kKubectl}) {
    EXPECT_EQ(places_->take(held_.front(), {"box", "key"}, path), Failure::kGatewayStopping);
  }
}

TEST_F(SessionPlacesTest, MayOutliveThem) {
  EXPECT_EQ(take("box", "key"), Failure::kNone);
  places_.reset();
  held_.clear();
}

}  // namespace
}  // namespace zomg::monitor
