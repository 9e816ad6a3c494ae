#include "listener/connection/requests/monitor_link.h"

#include <gtest/gtest.h>

#include "tests/unit/listener/connection/requests/monitor_double.h"

namespace zomg::connection {
namespace {

TEST(MonitorLink, TheMonitorsEndSaysNothing) {
  MonitorDouble monitor;
  monitor.channel.close();
  monitor.link.on_unasked_packet();
  EXPECT_FALSE(monitor.link.alive());
  EXPECT_EQ(monitor.link.ended(), common::Failure::kNone);
}

TEST(MonitorLink, AnEndUnaskedSaysWhy) {
  MonitorDouble monitor;
  ASSERT_TRUE(monitor.channel.send(messages::EndConnection{common::Failure::kMadeRoom}));
  monitor.link.on_unasked_packet();
  EXPECT_FALSE(monitor.link.alive());
  EXPECT_EQ(monitor.link.ended(), common::Failure::kMadeRoom);
}

TEST(MonitorLink, AnEndInThePlaceOfAReplySaysWhy) {
  MonitorDouble monitor;
  ASSERT_TRUE(monitor.channel.send(messages::EndConnection{common::Failure::kMadeRoom}));
  EXPECT_FALSE(monitor.link.check_key({}));
  EXPECT_FALSE(monitor.link.alive());
  EXPECT_EQ(monitor.link.ended(), common::Failure::kMadeRoom);
}

TEST(MonitorLink, AnEndBeforeTheQuestionSaysWhy) {
  MonitorDouble monitor;
  ASSERT_TRUE(monitor.channel.send(messages::EndConnection{common::Failure::kMadeRoom}));
  monitor.channel.close();
  EXPECT_FALSE(monitor.link.open_session({}));
  EXPECT_FALSE(monitor.link.alive());
  EXPECT_EQ(monitor.link.ended(), common::Failure::kMadeRoom);
}

TEST(MonitorLink, AnEndBeforeAReportSaysWhy) {
  MonitorDouble monitor;
  ASSERT_TRUE(monitor.channel.send(messages::EndConnection{common::Failure::kMadeRoom}));
  monitor.channel.close();
  monitor.link.report_traffic({});
  EXPECT_FALSE(monitor.link.alive());
  EXPECT_EQ(monitor.link.ended(), common::Failure::kMadeRoom);
}

/// As when a report, or a question, crosses the end. The kernel says ECONNRESET first then.
TEST(MonitorLink, AnEndByAMonitorThatDidNotReadAllSaysWhy) {
  for (const bool asked : {false, true}) {
    MonitorDouble monitor;
    monitor.link.report(messages::Event::kForwardingRefused);
    ASSERT_TRUE(monitor.channel.send(messages::EndConnection{common::Failure::kMadeRoom}));
    monitor.channel.close();
    if (asked) {
      EXPECT_FALSE(monitor.link.open_session({}));
    } else {
      monitor.link.on_unasked_packet();
    }
    EXPECT_FALSE(monitor.link.alive());
    EXPECT_EQ(monitor.link.ended(), common::Failure::kMadeRoom) << asked;
  }
}

TEST(MonitorLink, AnyOtherPacketUnaskedEndsTheLinkOnly) {
  MonitorDouble monitor;
  ASSERT_TRUE(monitor.channel.send(messages::UserVerified{true, true, 0}));
  monitor.link.on_unasked_packet();
  EXPECT_FALSE(monitor.link.alive());
  EXPECT_EQ(monitor.link.ended(), common::Failure::kNone);
}

TEST(MonitorLink, AReplyWithADescriptorThatDoesNotBelongIsNone) {
  MonitorDouble monitor;
  ASSERT_TRUE(monitor.channel.send_packet(*ipc::encode(messages::KeyChecked{true}), {0}));
  EXPECT_FALSE(monitor.link.check_key({}));
  EXPECT_FALSE(monitor.link.alive());
}

}  // namespace
}  // namespace zomg::connection
