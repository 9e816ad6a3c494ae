#include "monitor/lookups/server_health.h"

#include <gtest/gtest.h>

#include "common/base/limits.h"

namespace zomg::monitor {
namespace {

using namespace std::chrono_literals;

constexpr ServerHealth::Clock::duration kNone{};

class ServerHealthTest : public testing::Test {
 protected:
  ServerHealth health_;
  ServerHealth::Clock::time_point now_ = ServerHealth::Clock::now();
};

TEST_F(ServerHealthTest, ALookupThatWasSentIsWaitedForByWhatTheServerTakes) {
  health_.ask(now_);
  EXPECT_EQ(health_.patience(now_, now_), limits::kKubernetesGrace);
  EXPECT_EQ(health_.patience(now_, now_ + limits::kKubernetesGrace), kNone);
  health_.hear(false, 50ms, false, now_);
  EXPECT_EQ(health_.patience(now_, now_), 200ms);
  health_.hear(false, 5s, false, now_);
  EXPECT_EQ(health_.patience(now_, now_), limits::kMaxKubernetesGrace);
}

/// The time in our own queue is not the server's.
TEST_F(ServerHealthTest, ALookupThatWasNotSentIsWaitedForWhileTheServerIsHeardOf) {
  health_.ask(now_);
  for (int i = 0; i < 50; ++i) {
    now_ += 900ms;
    EXPECT_GT(health_.patience({}, now_), kNone);
    health_.hear(false, 900ms, true, now_);
  }
  EXPECT_EQ(health_.patience({}, now_), limits::kMaxKubernetesGrace);
  EXPECT_EQ(health_.patience({}, now_ + limits::kMaxKubernetesGrace), kNone);
}

TEST_F(ServerHealthTest, ASilentServerIsWaitedForByNobody) {
  health_.ask(now_);
  now_ += limits::kMaxKubernetesGrace;
  health_.ask(now_);
  EXPECT_EQ(health_.patience(now_, now_), kNone);
  health_.hear(false, 2s, false, now_);
  EXPECT_GT(health_.patience(now_, now_), kNone);
}

TEST_F(ServerHealthTest, AServerThatNobodyAsksIsNotSilent) {
  health_.ask(now_);
  health_.hear(false, 1ms, false, now_);
  now_ += 1h;
  health_.ask(now_);
  EXPECT_GT(health_.patience(now_, now_), kNone);
}

TEST_F(ServerHealthTest, AServerThatFailsIsWaitedForByNobodyUntilItAnswers) {
  health_.hear(true, kNone, false, now_);
  health_.ask(now_);
  EXPECT_EQ(health_.patience(now_, now_), kNone);
  health_.hear(false, 1ms, false, now_);
  health_.ask(now_);
  EXPECT_GT(health_.patience(now_, now_), kNone);
}

TEST_F(ServerHealthTest, AProgramThatWasStartedAgainHasItsTime) {
  health_.ask(now_);
  now_ += 1h;
  health_.start(/*asked=*/true, now_);
  EXPECT_GT(health_.patience(now_, now_), kNone);
}

}  // namespace
}  // namespace zomg::monitor
