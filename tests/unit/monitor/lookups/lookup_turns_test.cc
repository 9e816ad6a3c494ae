#include "monitor/lookups/lookup_turns.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/base/limits.h"

namespace zomg::monitor {
namespace {

/// Gives the next one its turn; its key, or empty.
std::string go(LookupTurns& turns) {
  const auto turn = turns.next();
  if (!turn) return "";
  turns.leave(turn->key, turn->question);
  turns.begin(turn->key);
  return turn->key;
}

TEST(LookupTurns, AreTakenByKeysAndNotByQuestions) {
  LookupTurns turns;
  for (std::uint64_t question = 1; question <= 1000; ++question) turns.wait("many", question);
  turns.wait("one", 1001);
  turns.wait("other", 1002);
  std::vector<std::string> order;
  for (int i = 0; i < 4; ++i) order.push_back(go(turns));
  EXPECT_EQ(order, (std::vector<std::string>{"many", "one", "other", "many"}));
}

TEST(LookupTurns, GiveEachKeyItsOldestQuestion) {
  LookupTurns turns;
  turns.wait("a", 7);
  turns.wait("a", 3);
  EXPECT_EQ(turns.next()->question, 3U);
}

TEST(LookupTurns, LeaveRoomForTheOtherKeys) {
  LookupTurns turns;
  for (std::uint64_t question = 1; question <= 100; ++question) turns.wait("many", question);
  for (std::size_t i = 0; i < limits::kLookupsPerKey; ++i) EXPECT_EQ(go(turns), "many");
  EXPECT_EQ(go(turns), "");
  turns.wait("one", 101);
  EXPECT_EQ(go(turns), "one");
  turns.end("many");
  EXPECT_EQ(go(turns), "many");
}

TEST(LookupTurns, AreNoMoreThanAreAnsweredAtOnce) {
  LookupTurns turns;
  for (std::uint64_t question = 1; question <= 100; ++question) {
    turns.wait("key " + std::to_string(question), question);
  }
  for (std::size_t i = 0; i < limits::kResolverThreads; ++i) EXPECT_NE(go(turns), "");
  EXPECT_EQ(go(turns), "");
}

TEST(LookupTurns, AreLostByWhoLeaves) {
  LookupTurns turns;
  turns.wait("a", 1);
  turns.wait("a", 1);
  turns.wait("b", 1);
  turns.leave("a", 1);
  turns.leave("b", 1);
  EXPECT_EQ(turns.next()->key, "a");
  turns.leave("a", 1);
  EXPECT_FALSE(turns.next());
}

}  // namespace
}  // namespace zomg::monitor
