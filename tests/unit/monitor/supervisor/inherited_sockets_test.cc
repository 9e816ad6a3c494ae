#include "monitor/supervisor/inherited_sockets.h"

#include <gtest/gtest.h>

#include "common/messages/supervisor.h"
#include "monitor/supervisor/listening.h"

namespace zomg::monitor {
namespace {

class InheritedSocketsTest : public testing::Test {
 protected:
  InheritedSocketsTest() {
    auto ends = common::make_packet_socketpair();
    supervisor_ = ipc::Channel(std::move(ends->first));
    monitor_ = ipc::Channel(std::move(ends->second));
    settings_.listen = {{"127.0.0.1", 0}, {"127.0.0.1", 0}};
    settings_.metrics_listen = {{"127.0.0.1", 0}};
  }
  void hand_over(const std::vector<std::pair<messages::SocketUse, int>>& sockets) {
    const auto count = static_cast<std::uint32_t>(sockets.size());
    ASSERT_TRUE(supervisor_.send(messages::Inheritance{count}));
    for (const auto& [use, fd] : sockets) {
      ASSERT_TRUE(supervisor_.send(messages::KeptSocket{use}, {fd}));
    }
  }

  ipc::Channel supervisor_;
  ipc::Channel monitor_;
  Settings settings_;
};

TEST_F(InheritedSocketsTest, TheFirstMonitorBindsAndGivesThemToKeep) {
  hand_over({});
  const auto sockets = find_sockets(monitor_, settings_);
  ASSERT_TRUE(sockets);
  EXPECT_EQ(sockets->ssh.size(), 2U);
  EXPECT_EQ(sockets->metrics.size(), 1U);
  for (const messages::SocketUse use :
       {messages::SocketUse::kSsh, messages::SocketUse::kSsh, messages::SocketUse::kMetrics}) {
    std::vector<common::Fd> fds;
    const auto kept = supervisor_.receive_message<messages::KeptSocket>(&fds);
    ASSERT_TRUE(kept);
    EXPECT_EQ(kept->use, use);
    ASSERT_EQ(fds.size(), 1U);
  }
}

TEST_F(InheritedSocketsTest, TheNextOneTakesThemWhateverItsSettingsSay) {
  const auto bound = listen_on({{"127.0.0.1", 0}}, "X");
  ASSERT_TRUE(bound);
  const std::string address = address_of((*bound)[0].get());
  hand_over({{messages::SocketUse::kSsh, (*bound)[0].get()},
             {messages::SocketUse::kMetrics, (*bound)[0].get()}});
  const auto sockets = find_sockets(monitor_, settings_);
  ASSERT_TRUE(sockets);
  ASSERT_EQ(sockets->ssh.size(), 1U);
  EXPECT_EQ(address_of(sockets->ssh[0].get()), address);
  EXPECT_EQ(sockets->metrics.size(), 1U);
}

TEST_F(InheritedSocketsTest, ASocketWithoutADescriptorIsNoSocket) {
  ASSERT_TRUE(supervisor_.send(messages::Inheritance{1}));
  ASSERT_TRUE(supervisor_.send_packet(*ipc::encode(messages::KeptSocket{})));
  EXPECT_FALSE(find_sockets(monitor_, settings_));
}

}  // namespace
}  // namespace zomg::monitor
