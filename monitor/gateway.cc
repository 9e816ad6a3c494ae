#include "monitor/gateway.h"

#include <signal.h>

#include "common/base/io/signals.h"
#include "common/base/limits.h"
#include "common/base/log.h"
#include "common/base/quoted.h"
#include "common/ipc/shortage.h"
#include "monitor/boxes/helper_settings.h"
#include "monitor/keys/key_exchange.h"
#include "monitor/supervisor/listening.h"

namespace zomg::monitor {
namespace {

using common::Result;

/// What sends a program its first message.
template <typename Settings>
auto sender(Settings settings) {
  return [settings = std::move(settings)](const ipc::Channel& channel) {
    return channel.send(settings);
  };
}

}  // namespace

Gateway::Gateway(GatewayConfig config)
    : config_(std::move(config)),
      authenticator_(config_.keys.keys(), config_.revoked_keys, config_.host_key),
      files_(loop_, config_.programs.file_reader, config_.null.get()),
      settings_reading_(loop_, files_, config_.programs.settings_reader, config_.null.get()),
      finder_(loop_, make_resolver(), make_kubernetes()),
      journal_(loop_),
      refused_sessions_(loop_, journal_),
      audit_(loop_, config_.programs.audit, config_.null.get(), config_.settings.audit_log,
             config_.accounts.audit),
      metrics_(loop_, config_.programs.metrics, config_.null.get(),
               std::move(config_.metrics_sockets), config_.accounts.metrics,
               {[this] { return state(); }, [this] { return key_sources(); }}),
      admission_(config_.settings, capacity_),
      keyring_(loop_, config_.programs.keyring, config_.null.get(),
               keyring_settings(config_.settings, config_.accounts), std::move(config_.state_files),
               config_.keys),
      launcher_(loop_, config_.programs, config_.null.get(),
                {config_.settings.chroot_directory, config_.settings.box_user, capacity_,
                 config_.accounts.session, config_.accounts.kubectl, config_.kubectl.get()}),
      recorder_(loop_, config_.programs.recorder, config_.null.get(), config_.accounts.recorder),
      listener_(loop_, config_.programs.listener, config_.null.get(),
                {[this](const ipc::Channel& channel) { return on_listener_start(channel); },
                 [this](const ipc::Channel& channel, const ipc::Packet& packet) {
                   return on_listener_packet(channel, packet);
                 }}) {}

ResolverClient* Gateway::make_resolver() {
  if (config_.settings.path == PathChoice::kKubectl) return nullptr;
  return &resolver_.emplace(loop_, config_.programs.resolver, config_.null.get(),
                            ResolverClient::Claims::kProcess,
                            sender(resolver_settings(config_.settings, config_.accounts)));
}

ResolverClient* Gateway::make_kubernetes() {
  if (!config_.cluster.available()) return nullptr;
  return &kubernetes_.emplace(
      loop_, config_.programs.kubernetes, config_.null.get(), ResolverClient::Claims::kPod,
      sender(kubernetes_settings(config_.settings, config_.cluster, config_.accounts)));
}

Result<void> Gateway::run() {
  auto signals = common::open_signals({SIGTERM, SIGINT, SIGHUP});
  if (!signals) return signals.error();
  signals_ = std::move(*signals);
  loop_.watch(signals_.get(), [this] { on_signal(); });

  if (audit_.enabled()) {
    if (auto started = audit_.start(); !started) return started;
    journal_.add_observer(audit_.channel());
  }
  if (metrics_.enabled()) {
    if (auto started = metrics_.start(); !started) return started;
    journal_.add_observer(metrics_.channel());
  }
  for (std::optional<ResolverClient>* lookup : {&resolver_, &kubernetes_}) {
    if (!*lookup) continue;
    if (auto started = (*lookup)->start(); !started) return started;
  }
  config_.keys.watch(loop_, [this] { end_revoked(); });
  if (auto started = watch_key_files(); !started) return started;
  look_around();
  if (!config_.settings.github_users.empty()) {
    if (auto started = keyring_.start(); !started) return started;
  }
  if (auto started = listener_.start(); !started) return started;
  for (const common::Error& limit : resource_limits_.low) log::warning("{}", limit.message);
  std::string addresses;
  for (const common::Fd& socket : config_.listening) addresses += " " + address_of(socket.get());
  // The last word of a start: who waits for it finds nothing of the start after it.
  log::info("listening on{}", addresses);
  if (auto told = tell_supervisor(); !told) return told;
  loop_.watch(config_.supervisor.fd(), [this] {
    // It says nothing more: this is its end. Sessions go on without us.
    log::error("the supervisor is gone");
    loop_.stop();
  });
  loop_.run();
  connections_.clear();
  launcher_.abandon();
  audit_.finish();
  return {};
}

Result<void> Gateway::on_listener_start(const ipc::Channel& channel) {
  const sandbox::Account& account = config_.accounts.connection;
  const auto count = static_cast<std::uint32_t>(config_.listening.size());
  auto sent = channel.send(messages::ListenerSettings{account.uid, account.gid, count},
                           {config_.programs.connection.executable.get()});
  for (std::uint32_t i = 0; i < count && sent; ++i) {
    sent = channel.send(messages::ListenOn{i}, {config_.listening[i].get()});
  }
  return sent;
}

Result<common::Fd> Gateway::admit(const messages::AdmitConnection& request, Startups::Place place) {
  auto ends = common::make_packet_socketpair();
  if (!ends) return ends.error();
  // A connection process that does not read must not hold the monitor up.
  if (auto set = common::set_nonblocking(ends->first.get(), true); !set) return set.error();
  ipc::Channel channel(std::move(ends->first));
  const bool proxied = admission_.is_proxy(request.client.address);
  const std::string cookie = make_kexinit_cookie();
  const messages::Welcome welcome{
      std::string_view(config_.host_key.public_half()), std::string_view(cookie),
      connection_rules(config_.settings, proxied), std::string_view(config_.banner)};
  if (auto sent = channel.send(welcome); !sent) return sent.error();
  const std::uint64_t id = ++last_connection_;
  const ConnectionServices services{
      loop_,          journal_, refused_sessions_, config_.settings, admission_, config_.host_key,
      authenticator_, finder_,  launcher_,         recorder_};
  Peer::Origin origin{request.client, request.server, proxied, std::move(place)};
  const auto on_close = [this, id] {
    const auto connection = connections_.find(id);
    departed_.add(id, connection->second->client_address());
    connections_.erase(connection);
    if (draining_) stop_when_idle();
  };
  connections_.emplace(id, std::make_unique<Connection>(id, services, std::move(channel),
                                                        std::move(origin), cookie, on_close));
  return std::move(ends->second);
}

void Gateway::penalise_crash(std::uint64_t connection) {
  const auto open = connections_.find(connection);
  const auto address =
      open != connections_.end() ? open->second->client_address() : departed_.take(connection);
  if (address) admission_.penalise(*address, Offence::kCrash);
}

Result<void> Gateway::on_listener_packet(const ipc::Channel& channel, const ipc::Packet& packet) {
  if (auto crash = ipc::decode<messages::ConnectionCrashed>(packet)) {
    penalise_crash(crash->number);
    return {};
  }
  if (const auto asked = ipc::decode<messages::AskForgotten>(packet)) {
    messages::Forgotten forgotten;
    for (const std::uint64_t number : asked->connections.value) {
      if (!connections_.contains(number)) forgotten.connections.value.push_back(number);
    }
    return channel.send(forgotten);
  }
  auto request = ipc::decode<messages::AdmitConnection>(packet);
  if (!request) return request.error();
  ++accepted_;
  const auto refuse = [&](messages::ConnectionRefusal reason) {
    admission_.tell_refusal(journal_, request->client, reason);
    return channel.send(messages::ConnectionAdmitted{false});
  };
  if (draining_) return refuse(messages::ConnectionRefusal::kStopping);
  auto verdict = admission_.admit(request->client.address);
  if (verdict.refusal) return refuse(*verdict.refusal);
  make_room_for_a_stranger();
  if (connections_.size() >= capacity_.connections) {
    return refuse(messages::ConnectionRefusal::kTooManyConnections);
  }
  auto connection = admit(*request, std::move(verdict.place));
  if (!connection) {
    log::error("refused a connection from {}: {}", common::quoted(request->client.address),
               connection.error().message);
    return channel.send(messages::ConnectionAdmitted{false});
  }
  auto sent =
      channel.send(messages::ConnectionAdmitted{true, last_connection_}, {connection->get()});
  if (sent || !ipc::is_shortage(sent.error())) return sent;
  // No fault of the listener's, which waits for a word. Only this connection ends.
  log::error("refused a connection from {}: {}", common::quoted(request->client.address),
             sent.error().message);
  connections_.erase(last_connection_);
  return channel.send(messages::ConnectionAdmitted{false});
}

Result<void> Gateway::tell_supervisor() const {
  const auto drain_seconds = static_cast<std::uint32_t>(config_.settings.drain_time.count());
  return config_.supervisor.send(messages::Serving{drain_seconds});
}

template <typename Visit>
void Gateway::for_each_connection(Visit visit) {
  std::vector<std::uint64_t> ids;
  for (const auto& [id, connection] : connections_) ids.push_back(id);
  for (const std::uint64_t id : ids) {
    // One that ends may take the last reason to be here with it.
    if (const auto found = connections_.find(id); found != connections_.end()) {
      visit(*found->second);
    }
  }
}

void Gateway::end_revoked() {
  if (!config_.settings.close_revoked) return;
  const std::time_t now = std::time(nullptr);
  for_each_connection([now](Connection& connection) { connection.end_if_revoked(now); });
}

void Gateway::look_around() {
  if (config_.settings.close_revoked) {
    const std::time_t now = std::time(nullptr);
    for_each_connection([now](Connection& connection) { connection.end_if_expired(now); });
  }
  make_room_for_logins();
  log::tell_lost();  // soon after the log is read again, and not with the next event
  loop_.after(limits::kKeyFilePoll, [this] { look_around(); });
}

void Gateway::on_signal() {
  const int signal = common::take_signal(signals_.get());
  if (signal == 0) return;
  if (signal == SIGHUP) {
    reload();
    return reload_keys();
  }
  if (draining_) return loop_.stop();
  drain();
}

void Gateway::drain() {
  draining_ = true;
  log::info("stopping: no new connections; sessions may go on for {} s",
            config_.settings.drain_time.count());
  listener_.stop();
  config_.listening.clear();
  std::erase_if(connections_,
                [](const auto& entry) { return entry.second->phase() != Phase::kSession; });
  loop_.after(config_.settings.drain_time, [this] {
    log::info("the drain time is over: ending {} sessions", launcher_.running());
    launcher_.terminate_all();
    // Each says so to its user, and needs a moment to.
    loop_.after(limits::kHangupGrace + std::chrono::seconds(1), [this] { loop_.stop(); });
  });
  stop_when_idle();
}

void Gateway::stop_when_idle() {
  if (connections_.empty()) loop_.stop();
}

}  // namespace zomg::monitor
