#include "listener/connection/protocol/client_alive.h"

#include <gtest/gtest.h>

namespace zomg::connection {
namespace {

using namespace std::chrono_literals;
using Verdict = ClientAlive::Verdict;

TEST(ClientAliveTest, AsksAfterEachIntervalAndGivesUpAfterTheLastQuestion) {
  ClientAlive alive(10s, 2);
  const auto start = ClientAlive::Clock::now();
  alive.on_heard(start);
  EXPECT_EQ(alive.check(start + 9s), Verdict::kFine);
  EXPECT_EQ(alive.check(start + 10s), Verdict::kAsk);
  EXPECT_EQ(alive.check(start + 11s), Verdict::kFine);
  EXPECT_EQ(alive.check(start + 20s), Verdict::kAsk);
  EXPECT_EQ(alive.deadline(), start + 30s);
  EXPECT_EQ(alive.check(start + 30s), Verdict::kGone);
}

TEST(ClientAliveTest, AnythingTheClientSendsIsAnAnswer) {
  ClientAlive alive(10s, 1);
  const auto start = ClientAlive::Clock::now();
  alive.on_heard(start);
  for (auto at = start; at < start + 100s; at += 10s) {
    EXPECT_EQ(alive.check(at + 10s), Verdict::kAsk);
    alive.on_heard(at + 10s);
  }
}

TEST(ClientAliveTest, CanBeTurnedOff) {
  ClientAlive silent(0s, 3);
  const auto start = ClientAlive::Clock::now();
  EXPECT_EQ(silent.deadline(), ClientAlive::Clock::time_point::max());
  EXPECT_EQ(silent.check(start + 10h), Verdict::kFine);
  ClientAlive patient(10s, 0);
  patient.on_heard(start);
  for (int i = 1; i < 100; ++i) EXPECT_EQ(patient.check(start + i * 10s), Verdict::kAsk);
}

}  // namespace
}  // namespace zomg::connection
