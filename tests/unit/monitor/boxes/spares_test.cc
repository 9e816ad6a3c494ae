#include "monitor/boxes/spares.h"

#include <gtest/gtest.h>

#include <string>

namespace zomg::monitor {
namespace {

using namespace std::chrono_literals;

class SparesTest : public testing::Test {
 protected:
  Spares::Place take(char name) {
    return spares_.take([this, name] { given_up_ += name; });
  }

  EventLoop loop_;
  Spares spares_{loop_, 3, 100ms};
  std::string given_up_;
};

TEST_F(SparesTest, GiveUpWhatWasUsedTheLongestAgo) {
  take('a');
  const auto b = take('b');
  take('c');
  EXPECT_EQ(given_up_, "");
  spares_.leave(b);
  take('b');
  take('d');
  EXPECT_EQ(given_up_, "a");
  take('e');
  take('f');
  EXPECT_EQ(given_up_, "acb");
  EXPECT_EQ(spares_.count(), 3);
}

/// One timer does for all.
TEST_F(SparesTest, GiveUpEachInItsTime) {
  const auto begin = EventLoop::Clock::now();
  take('a');
  spares_.leave(take('b'));
  loop_.after(20ms, [&] {
    EXPECT_EQ(given_up_, "");
    spares_.take([this] {
      given_up_ += 'c';
      loop_.stop();
    });
  });
  loop_.run();
  EXPECT_EQ(given_up_, "ac");
  EXPECT_GE(EventLoop::Clock::now() - begin, 120ms);
}

TEST_F(SparesTest, GiveUpAllAtOnce) {
  take('a');
  take('b');
  spares_.give_up_all();
  EXPECT_EQ(given_up_, "ab");
  EXPECT_EQ(spares_.count(), 0);
  spares_.leave(1);
}

/// Who gives up may be gone for others to be told, as where a connection ends with it.
TEST_F(SparesTest, MayBeLeftByWhoIsGivenUp) {
  Spares::Place other = 0;
  spares_.take([&] { spares_.leave(other); });
  other = take('b');
  spares_.give_up_all();
  EXPECT_EQ(given_up_, "");
}

}  // namespace
}  // namespace zomg::monitor
