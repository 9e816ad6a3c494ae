#include "monitor/events/refused_sessions.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <utility>

#include "common/base/fd.h"

namespace zomg::monitor {
namespace {

using common::Failure;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""s;
using Teller = RefusedSessions::Teller;

constexpr std::size_t kMostKeys = 2;
constexpr std::uint64_t kBurst = limits::kRefusalBurst;
constexpr auto kUntilAsNew = limits::kRefusalInterval * limits::kRefusalBurst;

/// What a journal's observer is told of refused sessions.
class RefusedSessionsTest : public testing::Test {
 protected:
  RefusedSessionsTest() : RefusedSessionsTest(common::make_packet_socketpair()) {}

  void refuse(Teller& teller, std::uint64_t count) {
    for (; count > 0; --count) teller.refuse(++session_, Failure::kNoSuchBox, now_);
  }
  /// The next connection, of `key`, is refused so many, and ends.
  void flood(const std::string& key, std::uint64_t count) {
    Teller teller(sessions_, key, ++connection_);
    refuse(teller, count);
  }
  std::optional<messages::SessionRefused> next() {
    auto event = observer_.receive_message<messages::SessionRefused>();
    if (!event) return std::nullopt;
    return std::move(*event);
  }
  /// Events since the last time, and the sessions that they speak of.
  std::pair<std::uint64_t, std::uint64_t> told() {
    std::uint64_t events = 0;
    std::uint64_t sessions = 0;
    while (const auto event = next()) {
      ++events;
      sessions += 1 + event->untold;
    }
    return {events, sessions};
  }
  using Told = std::pair<std::uint64_t, std::uint64_t>;

  EventLoop loop_;
  ipc::Channel monitor_;
  ipc::Channel observer_;
  Journal journal_{loop_};
  RefusedSessions sessions_{loop_, journal_, kMostKeys};
  RefusedSessions::Clock::time_point now_{1h};
  std::uint64_t connection_ = 0;
  std::uint32_t session_ = 0;

 private:
  explicit RefusedSessionsTest(common::Result<common::FdPair> ends)
      : monitor_(std::move(ends->first)), observer_(std::move(ends->second)) {
    for (const int fd : {monitor_.fd(), observer_.fd()}) {
      EXPECT_TRUE(common::set_nonblocking(fd, true));
    }
    journal_.add_observer(monitor_);
  }
};

TEST_F(RefusedSessionsTest, FewAreToldOneByOne) {
  Teller teller(sessions_, "key", 7);
  teller.refuse(1, Failure::kNoSuchBox, now_);
  teller.refuse(2, Failure::kTooManySessions, now_);
  for (const std::uint32_t session : {1U, 2U}) {
    const auto event = next();
    ASSERT_TRUE(event);
    EXPECT_EQ(event->stamp.connection, 7U);
    EXPECT_EQ(event->session, session);
    EXPECT_EQ(event->untold, 0U);
  }
}

TEST_F(RefusedSessionsTest, OfAFloodTheRestIsToldByTheNextOne) {
  Teller teller(sessions_, "key", 7);
  refuse(teller, kBurst + 9);
  EXPECT_EQ(told(), Told(kBurst, kBurst));
  now_ += 1s;
  refuse(teller, 1);
  EXPECT_EQ(next()->untold, 9U);
}

TEST_F(RefusedSessionsTest, TheRestIsToldAsSoonAsTheBudgetAllows) {
  Teller parked(sessions_, "key", 7);
  refuse(parked, kBurst + 9);
  EXPECT_EQ(told(), Told(kBurst, kBurst));
  sessions_.tell_rest(now_);
  EXPECT_FALSE(next()) << "it allows none";
  now_ += limits::kRefusalInterval;
  sessions_.tell_rest(now_);
  const auto event = next();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->session, session_);
  EXPECT_EQ(event->untold, 8U);
  now_ += 1s;
  sessions_.tell_rest(now_);
  EXPECT_FALSE(next()) << "there is no rest";
}

TEST_F(RefusedSessionsTest, TheRestIsToldByTime) {
  now_ = RefusedSessions::Clock::now();
  Teller first(sessions_, "a", 1);
  Teller second(sessions_, "b", 2);
  Teller shared(sessions_, "c", 3);
  for (Teller* teller : {&first, &second, &shared}) refuse(*teller, kBurst + 9);
  EXPECT_EQ(told(), Told(3 * kBurst, 3 * kBurst));
  loop_.after(4 * limits::kRefusalInterval, [this] { loop_.stop(); });
  loop_.run();
  EXPECT_EQ(told(), Told(3, 3 * 9));
}

TEST_F(RefusedSessionsTest, TheRestIsToldAtTheEndOfTheLastConnection) {
  std::optional<Teller> first(std::in_place, sessions_, "key", 7);
  std::optional<Teller> second(std::in_place, sessions_, "key", 8);
  refuse(*first, kBurst + 1);
  refuse(*second, 4);
  EXPECT_EQ(told(), Told(kBurst, kBurst));
  first.reset();
  EXPECT_FALSE(next());
  second.reset();
  const auto event = next();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->stamp.connection, 8U);
  EXPECT_EQ(event->session, session_);
  EXPECT_EQ(event->failure, Failure::kNoSuchBox);
  EXPECT_EQ(event->untold, 4U);
}

TEST_F(RefusedSessionsTest, WhoLeavesAndComesBackHasNoOtherBudget) {
  flood("key", kBurst);
  EXPECT_EQ(told(), Told(kBurst, kBurst));
  for (int i = 0; i < 5; ++i) {
    flood("key", 100);
    EXPECT_EQ(told(), Told(1, 100));
  }
  flood("key", 0);
  EXPECT_FALSE(next());
}

TEST_F(RefusedSessionsTest, AKeyHasABudgetOfItsOwn) {
  flood("key", 2 * kBurst);
  told();
  Teller other(sessions_, "other", 9);
  refuse(other, kBurst);
  EXPECT_EQ(told(), Told(kBurst, kBurst));
}

TEST_F(RefusedSessionsTest, OnlyABudgetThatIsFullAgainIsForgotten) {
  flood("a", kBurst);
  flood("b", 1);
  told();
  now_ += kUntilAsNew - limits::kRefusalInterval;
  flood("c", 1);
  EXPECT_EQ(sessions_.keys(), 2U) << "b is not forgotten";
  flood("a", kBurst);
  EXPECT_EQ(told(), Told(kBurst - 1 + 1 + 1, kBurst + 1)) << "a had one left to wait for";
  now_ += kUntilAsNew;
  flood("d", 1);
  EXPECT_EQ(sessions_.keys(), 1U);
}

TEST_F(RefusedSessionsTest, OneThatAConnectionHasIsNotForgotten) {
  Teller open(sessions_, "a", 1);
  refuse(open, 1);
  now_ += 1h;
  flood("b", 1);
  EXPECT_EQ(sessions_.keys(), 2U);
  refuse(open, kBurst + 5);
  EXPECT_EQ(told(), Told(kBurst + 2, kBurst + 2));
}

TEST_F(RefusedSessionsTest, KeysBeyondTheBoundShareOneBudget) {
  Teller first(sessions_, "a", 1);
  Teller second(sessions_, "b", 2);
  auto third = std::make_unique<Teller>(sessions_, "c", 3);
  auto fourth = std::make_unique<Teller>(sessions_, "d", 4);
  for (Teller* teller : {&first, &second}) refuse(*teller, kBurst);
  EXPECT_EQ(told(), Told(2 * kBurst, 2 * kBurst));
  for (Teller* teller : {third.get(), fourth.get()}) refuse(*teller, kBurst);
  EXPECT_EQ(told(), Told(kBurst, kBurst));
  EXPECT_EQ(sessions_.keys(), kMostKeys);
  third.reset();
  EXPECT_FALSE(next());
  fourth.reset();
  EXPECT_EQ(told(), Told(1, kBurst));
  flood("e", 3);
  EXPECT_EQ(told(), Told(1, 3)) << "what is shared outlives its connections, too";
}

TEST_F(RefusedSessionsTest, NoNumberIsLost) {
  std::uint64_t sessions = 0;
  for (std::uint64_t i = 1; i < 200; ++i) {
    now_ += limits::kRefusalInterval * (i % 7);
    flood(std::string(1, static_cast<char>('a' + i % 5)), i % 90);
    sessions += told().second;
  }
  EXPECT_EQ(sessions, session_);
}

}  // namespace
}  // namespace zomg::monitor
