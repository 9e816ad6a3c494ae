#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "common/base/fd.h"
#include "listener/connection/requests/monitor_link.h"

namespace zomg::connection {

/// The monitor's end of a MonitorLink. Replies are put there before the questions are asked.
struct MonitorDouble {
  MonitorDouble() : MonitorDouble(common::make_packet_socketpair()) {}

  /// The next packet that the connection sent, as `M`.
  template <typename M>
  M receive() {
    auto message = channel.receive_message<M>();
    EXPECT_TRUE(message.has_value());
    return message ? std::move(*message) : M{};
  }
  /// Whether the connection has sent nothing more.
  bool silent() const {
    return ::recv(channel.fd(), nullptr, 0, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
  }

  /// Makes the link one on which a user has logged in.
  void log_in(bool terminal_permitted) {
    EXPECT_TRUE(channel.send(messages::UserVerified{true, terminal_permitted, 0}));
    EXPECT_TRUE(link.verify_user({}));
    receive<messages::VerifyUser>();
  }

  ipc::Channel channel;
  MonitorLink link;

 private:
  explicit MonitorDouble(common::Result<common::FdPair> pair)
      : channel(std::move(pair->first)), link(ipc::Channel(std::move(pair->second))) {}
};

}  // namespace zomg::connection
