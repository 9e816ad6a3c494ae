#include "listener/connection/protocol/in_flight.h"

#include <gtest/gtest.h>

namespace zomg::connection {
namespace {

constexpr std::size_t kWindow = 1000;

/// A flight of a client that gives back `piece` at a time, with `bytes` on their way.
InFlight in_flight(std::size_t piece, std::size_t bytes) {
  InFlight flight;
  flight.look(kWindow);
  flight.send(piece);
  flight.look(kWindow);
  flight.send(bytes);
  return flight;
}

TEST(InFlight, TakesAllOfTheWindowAsLongAsItIsNotLimited) {
  EXPECT_EQ(in_flight(10, 300).room(kWindow - 300), kWindow - 300);
}

TEST(InFlight, LeavesAsMuchRoomAsIsNotOnItsWay) {
  InFlight flight = in_flight(10, 60);
  flight.limit(100);
  EXPECT_EQ(flight.room(kWindow - 60), 40U);
  flight.send(40);
  EXPECT_EQ(flight.room(kWindow - 100), 0U);
}

TEST(InFlight, HasRoomAgainOnceTheClientGivesWindowBack) {
  InFlight flight = in_flight(10, 100);
  flight.limit(100);
  EXPECT_EQ(flight.room(kWindow - 100), 0U);
  EXPECT_EQ(flight.room(kWindow - 70), 30U);
}

TEST(InFlight, HasNoRoomWhileMoreIsOnItsWayThanANewLimitAllows) {
  InFlight flight = in_flight(10, 500);
  flight.limit(100);
  EXPECT_EQ(flight.room(kWindow - 500), 0U);
}

TEST(InFlight, NeverExceedsTheWindow) {
  InFlight flight = in_flight(10, 0);
  flight.limit(100);
  EXPECT_EQ(flight.room(30), 30U);
}

TEST(InFlight, IsNotLimitedWhereWindowComesBackInLargePieces) {
  InFlight flight = in_flight(51, 100);
  flight.limit(100);
  EXPECT_EQ(flight.room(kWindow - 100), kWindow - 100);
}

TEST(InFlight, IsNotLimitedBeforeWindowHasComeBack) {
  InFlight flight;
  flight.look(kWindow);
  flight.send(500);
  flight.limit(100);
  EXPECT_EQ(flight.room(kWindow - 500), kWindow - 500);
}

TEST(InFlight, AWindowThatGrowsBeyondWhatWasSentIsNoDebt) {
  InFlight flight = in_flight(10, 20);
  flight.look(5 * kWindow);
  flight.limit(100);
  EXPECT_EQ(flight.room(5 * kWindow), 100U);
}

}  // namespace
}  // namespace zomg::connection
