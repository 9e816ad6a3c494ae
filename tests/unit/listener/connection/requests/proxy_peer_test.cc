#include "listener/connection/requests/proxy_peer.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/listener/connection/requests/monitor_double.h"
#include "tests/unit/listener/connection/requests/proxy_headers.h"

namespace zomg::connection {
namespace {

class ProxyPeerTest : public testing::Test {
 protected:
  void SetUp() override {
    std::array<int, 2> ends{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    client_.reset(ends[0]);
    server_.reset(ends[1]);
  }
  void send(const std::string& bytes) {
    ASSERT_EQ(::write(client_.get(), bytes.data(), bytes.size()),
              static_cast<ssize_t>(bytes.size()));
  }
  messages::Event reported() { return monitor_.receive<messages::Report>().event; }

  common::Fd client_;
  common::Fd server_;
  MonitorDouble monitor_;
};

TEST_F(ProxyPeerTest, TellsTheMonitorAndLeavesWhatFollows) {
  send(header_v2(1, 0x11, tcp4("192.0.2.1", "192.0.2.2")) + "SSH-2.0-x");
  ASSERT_TRUE(monitor_.channel.send(messages::ProxyHeaderTaken{true}));
  EXPECT_TRUE(take_proxy_header(server_.get(), monitor_.link));
  const auto header = monitor_.receive<messages::ProxyHeader>();
  EXPECT_TRUE(header.relayed);
  EXPECT_EQ(header.client, (messages::Endpoint{std::string_view("192.0.2.1"), 5000}));
  std::array<char, 64> rest{};
  EXPECT_EQ(::read(server_.get(), rest.data(), rest.size()), 9);
}

TEST_F(ProxyPeerTest, TheMonitorMayRefuseTheClient) {
  send("PROXY TCP4 192.0.2.1 192.0.2.2 5000 2222\r\n");
  ASSERT_TRUE(monitor_.channel.send(messages::ProxyHeaderTaken{false}));
  EXPECT_FALSE(take_proxy_header(server_.get(), monitor_.link));
  std::array<char, 11> told{};
  EXPECT_EQ(::read(client_.get(), told.data(), told.size()), 11);
  EXPECT_EQ(std::string_view(told.data(), told.size()), "Not allowed");
}

TEST_F(ProxyPeerTest, AClientWithoutAHeaderIsNotServed) {
  send("SSH-2.0-OpenSSH_9.2\r\n");
  EXPECT_FALSE(take_proxy_header(server_.get(), monitor_.link));
  EXPECT_EQ(reported(), messages::Event::kProxyHeaderInvalid);
}

TEST_F(ProxyPeerTest, AHeaderThatBreaksOffIsNone) {
  send("PROXY TCP4 192.0.2.1 192");
  client_.reset();
  EXPECT_FALSE(take_proxy_header(server_.get(), monitor_.link));
  EXPECT_EQ(reported(), messages::Event::kProxyHeaderInvalid);
}

TEST_F(ProxyPeerTest, AProbeOfTheProxyIsNoMore) {
  client_.reset();
  EXPECT_FALSE(take_proxy_header(server_.get(), monitor_.link));
  EXPECT_EQ(reported(), messages::Event::kBareProbe);
}

}  // namespace
}  // namespace zomg::connection
