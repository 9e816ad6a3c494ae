#pragma once

#include "common/ipc/message.h"

/// supervisor ↔ monitor, on the monitor's fd 3.
namespace zomg::messages {

enum class SupervisorMessage : std::uint32_t { kInheritance, kKeptSocket, kServing };

/// What a listening socket is for.
enum class SocketUse : std::uint32_t { kSsh, kMetrics, kMaxValue = kMetrics };

/// supervisor → monitor, the first packet: how many KeptSocket packets follow. None where the
/// monitor is the first, and is to bind the addresses of its settings.
struct Inheritance {
  static constexpr auto kType = SupervisorMessage::kInheritance;
  std::uint32_t socket_count = 0;
  static auto fields(auto& self) { return std::tie(self.socket_count); }
};

/// Either way; carries one descriptor, a TCP socket that listens. The supervisor keeps those that
/// the first monitor has bound, or that the service manager passed, for the next.
struct KeptSocket {
  static constexpr auto kType = SupervisorMessage::kKeptSocket;
  static constexpr std::size_t kFds = 1;
  SocketUse use = SocketUse::kSsh;
  static auto fields(auto& self) { return std::tie(self.use); }
};

/// monitor → supervisor: it serves, and how long sessions may go on after SIGTERM. Again when that
/// changes.
struct Serving {
  static constexpr auto kType = SupervisorMessage::kServing;
  std::uint32_t drain_seconds = 0;
  static auto fields(auto& self) { return std::tie(self.drain_seconds); }
};

}  // namespace zomg::messages
