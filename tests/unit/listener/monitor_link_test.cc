#include "listener/connection/monitor_link.h"

#include <gtest/gtest.h>

#include "tests/unit/listener/monitor_double.h"

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

TEST(MonitorLink, AnyOtherPacketUnaskedEndsTheLinkOnly) {
  MonitorDouble monitor;
  ASSERT_TRUE(monitor.channel.send(messages::UserVerified{true, true, 0}));
  monitor.link.on_unasked_packet();
  EXPECT_FALSE(monitor.link.alive());
  EXPECT_EQ(monitor.link.ended(), common::Failure::kNone);
}

TEST(MonitorLink, AReplyWithADescriptorThatDoesNotBelongIsNone) {
  MonitorDouble monitor;
  ASSERT_TRUE(monitor.channel.send(messages::KeyChecked{true}, {0}));
  EXPECT_FALSE(monitor.link.check_key({}));
  EXPECT_FALSE(monitor.link.alive());
}

}  // namespace
}  // namespace zomg::connection
