#include "common/base/io/signals.h"

#include <gtest/gtest.h>
#include <signal.h>

namespace zomg::common {
namespace {

TEST(Signals, AreBlockedAndRead) {
  const auto signals = open_signals({SIGUSR1, SIGUSR2});
  ASSERT_TRUE(signals);
  EXPECT_EQ(take_signal(signals->get()), 0);
  ASSERT_EQ(::raise(SIGUSR2), 0);
  EXPECT_EQ(take_signal(signals->get()), SIGUSR2);
  EXPECT_EQ(take_signal(signals->get()), 0);
}

}  // namespace
}  // namespace zomg::common
