#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "monitor/gateway.h"

namespace zomg::monitor {
namespace {

/// What waits in a listening socket for accept(2).
std::uint64_t accept_queue(int socket) {
  tcp_info info{};
  socklen_t size = sizeof(info);
  // Of a socket that listens, this field is the length of its queue.
  return ::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 ? info.tcpi_unacked : 0;
}

messages::LimitsInForce limits_in_force(const Settings& settings, const Capacity& capacity) {
  const auto seconds = [](std::chrono::seconds time) {
    return static_cast<std::uint64_t>(time.count());
  };
  messages::LimitsInForce limits;
  limits.connections = capacity.connections;
  limits.startups_begin = settings.max_startups.begin;
  limits.startups_full = settings.max_startups.full;
  limits.startups_per_source = settings.per_source_max_startups;
  limits.auth_tries = settings.max_auth_tries;
  limits.sessions_per_connection = settings.max_sessions;
  limits.sessions_per_box = capacity.sessions_per_box;
  limits.login_grace_seconds = seconds(settings.login_grace_time);
  limits.drain_seconds = seconds(settings.drain_time);
  limits.client_alive_seconds = seconds(settings.client_alive_interval);
  return limits;
}

}  // namespace

messages::GatewayState Gateway::state() const {
  messages::GatewayState state;
  state.started_us = started_us_;
  state.stopping = draining_;
  state.helpers = {listener_.running(), resolver_ && resolver_->running(),
                   kubernetes_ && kubernetes_->running(), keyring_.running(), audit_.running()};
  for (const common::Fd& socket : config_.listening) {
    state.accept_queue += accept_queue(socket.get());
  }
  state.accepted = accepted_;
  state.connections = connections_.size();
  state.startups = admission_.startups();
  state.sessions = launcher_.processes();
  state.limits = limits_in_force(config_.settings, capacity_);
  return state;
}

messages::KeySources Gateway::key_sources() const {
  messages::KeySources all = config_.keys.sources();
  if (config_.settings.metrics_names) return all;
  // What the process that answers strangers does not have it cannot tell.
  for (messages::KeySource& source : all.sources.value) source.user = {};
  return all;
}

}  // namespace zomg::monitor
