#include "monitor/connections/quotas.h"

#include <gtest/gtest.h>

#include <vector>

namespace zomg::monitor {
namespace {

using common::Failure;

constexpr std::size_t kMib = 1024 * 1024;
constexpr Quotas::Limits kLimits{
    .connections = 100, .per_key = 3, .per_user = 4, .window_bytes = 200 * kMib};

TEST(Quotas, AKeyHasAsManyConnectionsAsItMay) {
  Quotas quotas(kLimits);
  std::vector<Quotas::Place> places;
  for (const char* user : {"a--a", "b--b", "c--c"}) {
    auto [failure, place] = quotas.admit("key", user);
    EXPECT_EQ(failure, Failure::kNone);
    places.push_back(std::move(place));
  }
  EXPECT_EQ(quotas.admit("key", "d--d").first, Failure::kTooManyConnectionsOfKey);
  EXPECT_EQ(quotas.admit("other", "d--d").first, Failure::kNone);
  places.pop_back();
  EXPECT_EQ(quotas.admit("key", "d--d").first, Failure::kNone);
}

TEST(Quotas, ALoginNameHasAsManyConnectionsAsItMay) {
  Quotas quotas(kLimits);
  std::vector<Quotas::Place> places;
  for (const char* key : {"1", "2", "3", "4"}) {
    auto [failure, place] = quotas.admit(key, "a--a");
    EXPECT_EQ(failure, Failure::kNone);
    places.push_back(std::move(place));
  }
  EXPECT_EQ(quotas.admit("5", "a--a").first, Failure::kTooManyConnectionsOfUser);
  places.clear();
  EXPECT_EQ(quotas.admit("5", "a--a").first, Failure::kNone);
}

TEST(Quotas, WindowsTogetherStayWithinTheMemoryForThem) {
  Quotas quotas({.connections = 100, .per_key = 100, .per_user = 100, .window_bytes = 200 * kMib});
  std::vector<Quotas::Place> places;
  std::size_t sum = 0;
  for (int i = 0; i < 100; ++i) {
    places.push_back(quotas.admit("key", "a--a").second);
    EXPECT_GE(places.back().window_bytes(), kMib);
    sum += places.back().window_bytes();
  }
  EXPECT_GT(places.front().window_bytes(), 7 * kMib);
  EXPECT_LE(sum, 200 * kMib);
  places.clear();
  EXPECT_GT(quotas.admit("key", "a--a").second.window_bytes(), 7 * kMib);
}

TEST(Quotas, AConnectionHasNoMoreThanItsProcessCanHold) {
  Quotas quotas({.connections = 2, .per_key = 2, .per_user = 2, .window_bytes = 32'768 * kMib});
  EXPECT_EQ(quotas.admit("key", "a--a").second.window_bytes(), 64 * kMib);
}

}  // namespace
}  // namespace zomg::monitor
