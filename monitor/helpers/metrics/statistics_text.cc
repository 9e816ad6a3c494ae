#include <string>
#include <utility>
#include <vector>

#include "monitor/helpers/metrics/statistics.h"

namespace zomg::metrics {
namespace {

std::string_view name(messages::KeySourceKind kind) {
  switch (kind) {
    case messages::KeySourceKind::kSetting:
      return "setting";
    case messages::KeySourceKind::kFile:
      return "file";
    case messages::KeySourceKind::kGithub:
      return "github";
  }
  return "unknown";
}

/// A source of keys, and its labels: of a GitHub user also the place in ZOMG_SSH_GITHUB_USERS.
using LabeledSource = std::pair<const messages::KeySource*, std::string>;

std::vector<LabeledSource> labeled(const std::vector<messages::KeySource>& sources) {
  std::vector<LabeledSource> all;
  unsigned users = 0;
  for (const messages::KeySource& source : sources) {
    const bool github = source.kind == messages::KeySourceKind::kGithub;
    all.emplace_back(&source, labels({{"source", name(source.kind)},
                                      {"number", github ? std::to_string(++users) : ""},
                                      {"user", source.user}}));
  }
  return all;
}

std::uint64_t number(bool value) {
  return value ? 1 : 0;
}

}  // namespace

void Statistics::write_counted(Exposition& out) const {
  out.family(Type::kCounter, "zomg_ssh_connections", "Clients that began a key exchange.");
  connections_.write(out);
  out.family(Type::kCounter, "zomg_ssh_connections_refused",
             "Connections that were not served at all.");
  connections_refused_.write(out);
  out.family(Type::kHistogram, "zomg_ssh_connection_duration_seconds",
             "How long connections that ended had lasted.", "seconds");
  connection_duration_.write(out);
  out.family(Type::kCounter, "zomg_ssh_authentications",
             "Logins, and keys or signatures that did not log in.");
  authentications_.write(out);
  out.family(Type::kCounter, "zomg_ssh_lookups", "Boxes that were looked up.");
  lookups_.write(out);
  out.family(Type::kHistogram, "zomg_ssh_lookup_duration_seconds",
             "How long it took to look a box up.", "seconds");
  lookup_duration_.write(out);
  out.family(Type::kCounter, "zomg_ssh_sessions", "Sessions that were started.");
  sessions_.write(out);
  out.family(Type::kCounter, "zomg_ssh_sessions_ended", "Sessions that ended, by how.");
  sessions_ended_.write(out);
  out.family(Type::kCounter, "zomg_ssh_sessions_failed",
             "Sessions that were refused, or ended otherwise than by their program.");
  sessions_failed_.write(out);
  out.family(Type::kHistogram, "zomg_ssh_session_duration_seconds",
             "How long sessions that ended had lasted.", "seconds");
  session_duration_.write(out);
  out.family(Type::kCounter, "zomg_ssh_session_bytes",
             "Bytes that sessions moved, counted when they end.", "bytes");
  bytes_.write(out);
  out.family(Type::kCounter, "zomg_ssh_fallbacks", "Sessions that went by kubectl, by why.");
  fallbacks_.write(out);
  out.family(Type::kCounter, "zomg_ssh_requests_refused",
             "What clients asked for in vain, and why connections were ended.");
  reports_.write(out);
  out.family(Type::kCounter, "zomg_ssh_sftp_operations",
             "What the audit trail tells of sftp; nothing without ZOMG_SSH_AUDIT_SFTP.");
  sftp_operations_.write(out);
  out.family(Type::kCounter, "zomg_ssh_contracts_broken",
             "Connections that were ended as their process asked for what it may not.");
  contracts_broken_.write(out);
  out.family(Type::kCounter, "zomg_ssh_logins_revoked",
             "Connections that were ended as their key may log in no more.");
  logins_revoked_.write(out);
  out.family(Type::kCounter, "zomg_ssh_events_dropped",
             "Events that are not in these figures, as they came too fast.");
  dropped_.write(out);
}

void Statistics::write_state(Exposition& out, const messages::GatewayState& state) const {
  out.family(Type::kGauge, "zomg_ssh_start_time_seconds",
             "When the monitor started, in seconds since 1970.", "seconds");
  out.sample("", static_cast<double>(state.started_us) / kMicrosecondsPerSecond);
  out.family(Type::kGauge, "zomg_ssh_stopping", "Whether the gateway is draining.");
  out.sample("", number(state.stopping));
  out.family(Type::kGauge, "zomg_ssh_connections_open", "Connections that are open.");
  out.sample("", state.connections);
  out.family(Type::kGauge, "zomg_ssh_connections_unauthenticated",
             "Open connections that have not authenticated yet.");
  out.sample("", state.startups);
  out.family(Type::kGauge, "zomg_ssh_accept_queue_connections",
             "Connections that wait for the listener to accept them.");
  out.sample("", state.accept_queue);
  out.family(Type::kGauge, "zomg_ssh_processes", "Processes of the gateway.");
  const messages::HelpersRunning& helpers = state.helpers;
  out.sample(labels({{"program", "connection"}}), state.connections);
  out.sample(labels({{"program", "session"}}), state.sessions);
  out.sample(labels({{"program", "listener"}}), number(helpers.listener));
  out.sample(labels({{"program", "resolver"}}), number(helpers.resolver));
  out.sample(labels({{"program", "kubernetes"}}), number(helpers.kubernetes));
  out.sample(labels({{"program", "keyring"}}), number(helpers.keyring));
  out.sample(labels({{"program", "audit"}}), number(helpers.audit));
}

void Statistics::write_limits(Exposition& out, const messages::LimitsInForce& limits) const {
  out.family(Type::kGauge, "zomg_ssh_limit", "Limits in force; 0 where there is none.");
  out.sample(labels({{"limit", "connections"}}), limits.connections);
  out.sample(labels({{"limit", "max_startups_begin"}}), limits.startups_begin);
  out.sample(labels({{"limit", "max_startups_full"}}), limits.startups_full);
  out.sample(labels({{"limit", "per_source_max_startups"}}), limits.startups_per_source);
  out.sample(labels({{"limit", "max_auth_tries"}}), limits.auth_tries);
  out.sample(labels({{"limit", "max_sessions"}}), limits.sessions_per_connection);
  out.sample(labels({{"limit", "max_sessions_per_box"}}), limits.sessions_per_box);
  out.family(Type::kGauge, "zomg_ssh_limit_seconds", "Times in force; 0 where there is none.",
             "seconds");
  out.sample(labels({{"limit", "login_grace_time"}}), limits.login_grace_seconds);
  out.sample(labels({{"limit", "drain"}}), limits.drain_seconds);
  out.sample(labels({{"limit", "client_alive_interval"}}), limits.client_alive_seconds);
}

void Statistics::write_keys(Exposition& out, std::uint64_t now_us) const {
  const auto sources = labeled(health_.sources().sources.value);
  out.family(Type::kGauge, "zomg_ssh_keys", "Keys that may log in, by where they come from.");
  for (const auto& [source, labels] : sources) out.sample(labels, std::uint64_t{source->keys});
  out.family(Type::kGauge, "zomg_ssh_key_source_failing",
             "Whether the last attempt to read or fetch keys failed.");
  for (const auto& [source, labels] : sources) out.sample(labels, number(source->failing));
  out.family(Type::kGauge, "zomg_ssh_key_age_seconds",
             "How long ago GitHub told the keys of a user; none before it did.", "seconds");
  for (const auto& [source, labels] : sources) {
    if (source->confirmed_us == 0) continue;
    const std::uint64_t age = now_us > source->confirmed_us ? now_us - source->confirmed_us : 0;
    out.sample(labels, static_cast<double>(age) / kMicrosecondsPerSecond);
  }
}

std::string Statistics::text(Format format, Health::Clock::time_point now,
                             std::uint64_t now_us) const {
  Exposition out(format);
  out.family(Type::kGauge, "zomg_ssh_build_info", "The version of the gateway, as a label.");
  out.sample(labels({{"version", version_}}), std::uint64_t{1});
  out.family(Type::kGauge, "zomg_ssh_ready", "Whether /readyz says so.");
  out.sample("", number(health_.ready(now).good));
  write_counted(out);
  if (const auto& state = health_.state()) {
    write_state(out, *state);
    write_limits(out, state->limits);
  }
  write_keys(out, now_us);
  return out.finish();
}

}  // namespace zomg::metrics
