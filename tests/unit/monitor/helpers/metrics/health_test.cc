#include "monitor/helpers/metrics/health.h"

#include <gtest/gtest.h>

#include "common/base/limits.h"

namespace zomg::metrics {
namespace {

class HealthTest : public testing::Test {
 protected:
  HealthTest() {
    state_.helpers.listener = true;
    keys_.sources.value.push_back({messages::KeySourceKind::kFile, {}, 1, 0, false});
  }
  void tell() {
    health_.set(state_, now_);
    health_.set(keys_);
  }
  bool ready() const { return health_.ready(now_).good; }

  Health health_;
  Health::Clock::time_point now_{std::chrono::hours(1)};
  messages::GatewayState state_;
  messages::KeySources keys_;
};

TEST_F(HealthTest, NothingIsWellBeforeTheMonitorSpoke) {
  EXPECT_FALSE(health_.alive(now_).good);
  EXPECT_FALSE(ready());
}

TEST_F(HealthTest, AllIsWell) {
  tell();
  EXPECT_TRUE(health_.alive(now_).good);
  EXPECT_TRUE(ready());
  EXPECT_EQ(health_.alive(now_).text, "ok    the monitor answers\n");
}

TEST_F(HealthTest, ASilentMonitorIsNeitherAliveNorReady) {
  tell();
  now_ += limits::kMonitorSilence;
  EXPECT_TRUE(ready());
  now_ += std::chrono::milliseconds(1);
  EXPECT_FALSE(health_.alive(now_).good);
  EXPECT_FALSE(ready());
}

TEST_F(HealthTest, NotReadyWithoutAListener) {
  state_.helpers.listener = false;
  tell();
  EXPECT_TRUE(health_.alive(now_).good);
  EXPECT_NE(health_.ready(now_).text.find("wrong the listener accepts"), std::string::npos);
}

TEST_F(HealthTest, NotReadyWhileTheListenerAcceptsNoneOfThoseThatWait) {
  state_.accept_queue = 1;
  tell();
  EXPECT_TRUE(ready()) << "one may have come a moment ago";
  tell();
  EXPECT_FALSE(ready());
  state_.accepted = 1;
  tell();
  EXPECT_TRUE(ready()) << "busy, but not stuck";
}

TEST_F(HealthTest, OneSourceWithKeysIsEnough) {
  keys_.sources.value[0].keys = 0;
  tell();
  EXPECT_FALSE(ready());
  keys_.sources.value.push_back({messages::KeySourceKind::kGithub, {}, 2, 0, true});
  tell();
  EXPECT_TRUE(ready()) << "what it gave last still counts";
}

TEST_F(HealthTest, NotReadyWhileItIsStopped) {
  state_.stopping = true;
  tell();
  EXPECT_TRUE(health_.alive(now_).good);
  EXPECT_FALSE(ready());
}

}  // namespace
}  // namespace zomg::metrics
