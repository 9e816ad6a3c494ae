#include "monitor/helpers/recorder/recording_name.h"

#include <gtest/gtest.h>

namespace zomg::recorder {
namespace {

TEST(RecordingName, HasTheTimeAndTheNumbersOfTheAuditTrail) {
  messages::RecordOrder order;
  order.login_name = std::string_view("demo--box1");
  order.connection = 7;
  order.session = 2;
  // As `date -u -d @1795515300` has it.
  const std::chrono::system_clock::time_point now{std::chrono::microseconds(1795515300000123)};
  EXPECT_EQ(recording_name(order, now), "20261124T101500.000123Z-demo--box1-7-2");
  EXPECT_EQ(recording_title(order), "demo--box1, connection 7, session 2");
}

TEST(RecordingName, IsAFileNameHoweverLongTheLogin) {
  messages::RecordOrder order;
  const std::string login(limits::kMaxLoginNameBytes, 'x');
  order.login_name = std::string_view(login);
  order.connection = UINT64_MAX;
  order.session = UINT32_MAX;
  EXPECT_LT(recording_name(order, std::chrono::system_clock::now()).size() +
                std::string_view(".65536.cast").size(),
            256U);
}

}  // namespace
}  // namespace zomg::recorder
