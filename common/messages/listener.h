#pragma once

#include "common/base/limits.h"
#include "common/ipc/message.h"

/// listener ↔ monitor, on the listener's fd 3.
namespace zomg::messages {

enum class ListenerMessage : std::uint32_t {
  kListenerSettings,
  kListenOn,
  kAdmitConnection,
  kConnectionAdmitted,
  kConnectionCrashed,
  kAskForgotten,
  kForgotten,
};

/// monitor → listener, the first packet. Carries one descriptor: the program zomg-ssh-connection.
struct ListenerSettings {
  static constexpr auto kType = ListenerMessage::kListenerSettings;
  static constexpr std::size_t kFds = 1;
  /// The account to run as.
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  /// How many ListenOn packets follow.
  std::uint32_t socket_count = 0;
  static auto fields(auto& self) { return std::tie(self.uid, self.gid, self.socket_count); }
};

/// monitor → listener: carries one descriptor, a TCP socket that is bound and listens.
struct ListenOn {
  static constexpr auto kType = ListenerMessage::kListenOn;
  static constexpr std::size_t kFds = 1;
  std::uint32_t index = 0;
  static auto fields(auto& self) { return std::tie(self.index); }
};

/// A numeric address and port of one end of a TCP connection.
struct Endpoint {
  /// Numeric, an IPv4-mapped address as IPv4, with a %zone where it has one.
  ipc::Bytes<64> address;
  std::uint16_t port = 0;
  static auto fields(auto& self) { return std::tie(self.address, self.port); }
  bool operator==(const Endpoint&) const = default;
};

/// Asks whether a connection that was just accepted may go on.
struct AdmitConnection {
  static constexpr auto kType = ListenerMessage::kAdmitConnection;
  Endpoint client;
  Endpoint server;
  static auto fields(auto& self) { return std::tie(self.client, self.server); }
};

/// The reply carries, when admitted, one descriptor: the connection process's fd 3.
struct ConnectionAdmitted {
  static constexpr auto kType = ListenerMessage::kConnectionAdmitted;
  bool admitted = false;
  /// The connection's, by which the monitor knows it.
  std::uint64_t number = 0;
  static auto fields(auto& self) { return std::tie(self.admitted, self.number); }
  static std::size_t fd_count(const auto& self) { return self.admitted ? 1 : 0; }
};

/// listener → monitor: the connection process of this connection was killed by a signal. No reply.
/// Who its client is the monitor knows, and the listener not: it may be behind a proxy.
struct ConnectionCrashed {
  static constexpr auto kType = ListenerMessage::kConnectionCrashed;
  std::uint64_t number = 0;
  static auto fields(auto& self) { return std::tie(self.number); }
};

/// Connections by their numbers.
using ConnectionNumbers = ipc::List<std::uint64_t, 512>;

/// Asks which of these, whose processes live, the monitor has no more: their processes are to be gone.
struct AskForgotten {
  static constexpr auto kType = ListenerMessage::kAskForgotten;
  ConnectionNumbers connections;
  static auto fields(auto& self) { return std::tie(self.connections); }
};

struct Forgotten {
  static constexpr auto kType = ListenerMessage::kForgotten;
  ConnectionNumbers connections;
  static auto fields(auto& self) { return std::tie(self.connections); }
};

}  // namespace zomg::messages
