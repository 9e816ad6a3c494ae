#include "listener/connection/protocol/flight.h"

#include <gtest/gtest.h>

namespace zomg::connection {
namespace {

constexpr std::size_t kWindow = 1000;

/// A flight of a client that gives back `piece` at a time, with `bytes` on their way.
Flight in_flight(std::size_t piece, std::size_t bytes) {
  Flight flight;
  flight.look(kWindow);
  flight.send(piece);
  flight.look(kWindow);
  flight.send(bytes);
  return flight;
}

TEST(Flight, TakesAllOfTheWindowAsLongAsItIsNotLimited) {
  EXPECT_EQ(in_flight(10, 300).room(kWindow - 300), kWindow - 300);
}

TEST(Flight, LeavesAsMuchRoomAsIsNotOnItsWay) {
  Flight flight = in_flight(10, 60);
  flight.limit(100);
  EXPECT_EQ(flight.room(kWindow - 60), 40U);
  flight.send(40);
  EXPECT_EQ(flight.room(kWindow - 100), 0U);
}

TEST(Flight, HasRoomAgainOnceTheClientGivesWindowBack) {
  Flight flight = in_flight(10, 100);
  flight.limit(100);
  EXPECT_EQ(flight.room(kWindow - 100), 0U);
  EXPECT_EQ(flight.room(kWindow - 70), 30U);
}

TEST(Flight, HasNoRoomWhileMoreIsOnItsWayThanANewLimitAllows) {
  Flight flight = in_flight(10, 500);
  flight.limit(100);
  EXPECT_EQ(flight.room(kWindow - 500), 0U);
}

TEST(Flight, NeverExceedsTheWindow) {
  Flight flight = in_flight(10, 0);
  flight.limit(100);
  EXPECT_EQ(flight.room(30), 30U);
}

TEST(Flight, IsNotLimitedWhereWindowComesBackInLargePieces) {
  Flight flight = in_flight(51, 100);
  flight.limit(100);
  EXPECT_EQ(flight.room(kWindow - 100), kWindow - 100);
}

TEST(Flight, IsNotLimitedBeforeWindowHasComeBack) {
  Flight flight;
  flight.look(kWindow);
  flight.send(500);
  flight.limit(100);
  EXPECT_EQ(flight.room(kWindow - 500), kWindow - 500);
}

TEST(Flight, AWindowThatGrowsBeyondWhatWasSentIsNoDebt) {
  Flight flight = in_flight(10, 20);
  flight.look(5 * kWindow);
  flight.limit(100);
  EXPECT_EQ(flight.room(5 * kWindow), 100U);
}

}  // namespace
}  // namespace zomg::connection
