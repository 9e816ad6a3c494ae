#pragma once

#include "common/messages/event.h"

/// monitor → zomg-ssh-metrics, on its fd 3, beside the events: what the gateway is like now. Sent
/// again and again; each stands for all before it.
namespace zomg::messages {

/// The first packet: the account to run as.
struct MetricsSettings {
  static constexpr auto kType = ObserverMessage::kMetricsSettings;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  /// How many ListenForScrapes packets follow.
  std::uint32_t socket_count = 0;
  static auto fields(auto& self) { return std::tie(self.uid, self.gid, self.socket_count); }
};

/// Carries one descriptor: a TCP socket that listens, to serve health and metrics on.
struct ListenForScrapes {
  static constexpr auto kType = ObserverMessage::kListenForScrapes;
  static constexpr std::size_t kFds = 1;
  static auto fields(auto& /*self*/) { return std::tie(); }
};

/// The helpers that run.
struct HelpersRunning {
  bool listener = false;
  bool resolver = false;
  bool kubernetes = false;
  bool keyring = false;
  bool audit = false;
  static auto fields(auto& self) {
    return std::tie(self.listener, self.resolver, self.kubernetes, self.keyring, self.audit);
  }
};

/// The settings that bound what clients can have (monitor/settings/settings.h); 0 where there is none.
struct LimitsInForce {
  std::uint64_t connections = 0;
  std::uint64_t startups_begin = 0;
  std::uint64_t startups_full = 0;
  std::uint64_t startups_per_source = 0;
  std::uint64_t auth_tries = 0;
  std::uint64_t sessions_per_connection = 0;
  std::uint64_t sessions_per_box = 0;
  std::uint64_t login_grace_seconds = 0;
  std::uint64_t drain_seconds = 0;
  std::uint64_t client_alive_seconds = 0;
  static auto fields(auto& self) {
    return std::tie(self.connections, self.startups_begin, self.startups_full,
                    self.startups_per_source, self.auth_tries, self.sessions_per_connection,
                    self.sessions_per_box, self.login_grace_seconds, self.drain_seconds,
                    self.client_alive_seconds);
  }
};

struct GatewayState {
  static constexpr auto kType = ObserverMessage::kGatewayState;
  /// When the monitor started, in microseconds since 1970 (UTC).
  std::uint64_t started_us = 0;
  /// SIGTERM came.
  bool stopping = false;
  HelpersRunning helpers;
  /// Connections that the kernel has made and the listener has not accepted.
  std::uint64_t accept_queue = 0;
  /// How often the listener asked whether a connection may go on.
  std::uint64_t accepted = 0;
  /// Connection processes, those of them that have not authenticated, processes of sessions.
  std::uint64_t connections = 0;
  std::uint64_t startups = 0;
  std::uint64_t sessions = 0;
  LimitsInForce limits;
  static auto fields(auto& self) {
    return std::tie(self.started_us, self.stopping, self.helpers, self.accept_queue, self.accepted,
                    self.connections, self.startups, self.sessions, self.limits);
  }
};

enum class KeySourceKind : std::uint32_t { kSetting, kFile, kGithub, kMaxValue = kGithub };

/// A place that keys come from.
struct KeySource {
  KeySourceKind kind = KeySourceKind::kSetting;
  /// Of a GitHub user; empty without ZOMG_SSH_METRICS_NAMES.
  ipc::Bytes<limits::kMaxGithubLoginBytes> user;
  /// That may log in.
  std::uint32_t keys = 0;
  /// When GitHub last told them, in microseconds since 1970 (UTC); 0: never, or not from there.
  std::uint64_t confirmed_us = 0;
  /// The last attempt to read or fetch them failed.
  bool failing = false;
  static auto fields(auto& self) {
    return std::tie(self.kind, self.user, self.keys, self.confirmed_us, self.failing);
  }
};

struct KeySources {
  static constexpr auto kType = ObserverMessage::kKeySources;
  ipc::List<KeySource, limits::kMaxGithubUsers + 2> sources;
  static auto fields(auto& self) { return std::tie(self.sources); }
};

}  // namespace zomg::messages
