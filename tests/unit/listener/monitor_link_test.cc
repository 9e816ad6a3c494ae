#include "listener/connection/monitor_link.h"

#include <gtest/gtest.h>

#include "tests/unit/listener/monitor_double.h"

namespace zomg::connection {
namespace {

TEST(MonitorLink, TheMonitorsEndIsNoRevocation) {
  MonitorDouble monitor;
  monitor.channel.close();
  monitor.link.on_unasked_packet();
  EXPECT_FALSE(monitor.link.alive());
  EXPECT_FALSE(monitor.link.revoked());
}

TEST(MonitorLink, AnEndUnaskedIsARevocation) {
  MonitorDouble monitor;
  ASSERT_TRUE(monitor.channel.send(messages::EndConnection{}));
  monitor.link.on_unasked_packet();
  EXPECT_FALSE(monitor.link.alive());
  EXPECT_TRUE(monitor.link.revoked());
}

TEST(MonitorLink, AnEndInThePlaceOfAReplyIsARevocation) {
  MonitorDouble monitor;
  ASSERT_TRUE(monitor.channel.send(messages::EndConnection{}));
  EXPECT_FALSE(monitor.link.check_key({}));
  EXPECT_FALSE(monitor.link.alive());
  EXPECT_TRUE(monitor.link.revoked());
}

TEST(MonitorLink, AnyOtherPacketUnaskedEndsTheLinkOnly) {
  MonitorDouble monitor;
  ASSERT_TRUE(monitor.channel.send(messages::UserVerified{true, true}));
  monitor.link.on_unasked_packet();
  EXPECT_FALSE(monitor.link.alive());
  EXPECT_FALSE(monitor.link.revoked());
}

TEST(MonitorLink, AReplyWithADescriptorThatDoesNotBelongIsNone) {
  MonitorDouble monitor;
  ASSERT_TRUE(monitor.channel.send(messages::KeyChecked{true}, {0}));
  EXPECT_FALSE(monitor.link.check_key({}));
  EXPECT_FALSE(monitor.link.alive());
}

}  // namespace
}  // namespace zomg::connection
