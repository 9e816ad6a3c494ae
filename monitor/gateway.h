#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "common/base/fd.h"
#include "common/messages/supervisor.h"
#include "monitor/base/accounts.h"
#include "monitor/base/helper.h"
#include "monitor/base/programs.h"
#include "monitor/base/resource_limits.h"
#include "monitor/boxes/box_finder.h"
#include "monitor/boxes/cluster_access.h"
#include "monitor/boxes/session_launcher.h"
#include "monitor/connections/admission.h"
#include "monitor/connections/connection.h"
#include "monitor/connections/departed_clients.h"
#include "monitor/events/audit_trail.h"
#include "monitor/events/journal.h"
#include "monitor/events/metrics_publisher.h"
#include "monitor/events/refused_sessions.h"
#include "monitor/files/file_requests.h"
#include "monitor/files/file_watch.h"
#include "monitor/login/keyring_client.h"
#include "monitor/lookups/resolver_client.h"
#include "monitor/settings/capacity.h"
#include "monitor/settings/reading.h"
#include "monitor/settings/settings.h"

namespace zomg::monitor {

/// The monitor: its helpers, its connections, and its end.
class Gateway {
 public:
  /// What must hold before anything is started.
  struct GatewayConfig {
    Settings settings;
    std::string banner;  ///< of settings.banner_file
    HostKey host_key;
    KeyStore keys;
    RevokedKeys revoked_keys;
    Accounts accounts;
    Programs programs;
    ClusterAccess cluster;              ///< not available: the Kubernetes API is not asked
    common::Fd kubectl;                 ///< the program; empty where the API is not asked
    std::vector<common::Fd> listening;  ///< bound TCP sockets, in the order of settings.listen
    std::vector<common::Fd> metrics_sockets;  ///< bound TCP sockets; may be none
    common::Fd null;                          ///< /dev/null
    ipc::Shelf state_files;                   ///< for the keyring; may be none
    ipc::Channel supervisor;
  };

  explicit Gateway(GatewayConfig config);

  /// Serves until SIGTERM or SIGINT and the drain after it.
  common::Result<void> run();

 private:
  ResolverClient* make_resolver();
  ResolverClient* make_kubernetes();
  common::Result<void> on_listener_start(const ipc::Channel& channel);
  common::Result<void> on_listener_packet(const ipc::Channel& channel, const ipc::Packet& packet);
  /// The channel of the connection that it adds, as last_connection_.
  common::Result<common::Fd> admit(const messages::AdmitConnection& request, Startups::Place place);
  /// Holds a death by a signal against the client that it served.
  void penalise_crash(std::uint64_t connection);
  /// Calls `visit(connection)` for each, which may end it.
  template <typename Visit>
  void for_each_connection(Visit visit);
  void end_revoked();
  /// What is done twice a second.
  void look_around();
  // room.cc
  std::size_t crowded_from() const;
  /// Ends up to `count` connections with, or without, a login that have been unused for longest.
  void end_longest_unused(bool logged_in, std::chrono::seconds at_least, std::size_t count);
  void make_room_for_a_stranger();
  void make_room_for_logins();
  common::Result<void> tell_supervisor() const;
  messages::GatewayState state() const;
  messages::KeySources key_sources() const;
  /// Has the two files of keys read by a process each, from now on.
  common::Result<void> watch_key_files();
  void reload_keys();
  void on_signal();
  void reload();
  void apply_settings(const common::Result<messages::SettingsFile>& file);
  void reload_banner();
  void drain();
  void stop_when_idle();

  GatewayConfig config_;
  const ResourceLimits resource_limits_ = examine_resource_limits();
  const Capacity capacity_ = capacity_of(config_.settings, resource_limits_);
  UserAuthenticator authenticator_;
  EventLoop loop_;
  common::Fd signals_;
  FileRequests files_;
  SettingsReading settings_reading_;
  std::optional<FileWatch> authorized_keys_file_;
  std::optional<FileWatch> revoked_keys_file_;
  std::optional<ResolverClient> resolver_;    ///< of this node
  std::optional<ResolverClient> kubernetes_;  ///< of the cluster
  BoxFinder finder_;
  Journal journal_;
  RefusedSessions refused_sessions_;
  AuditTrail audit_;
  MetricsPublisher metrics_;
  Admission admission_;
  KeyringClient keyring_;
  SessionLauncher launcher_;
  SessionRecorder recorder_;
  Helper listener_;
  std::unordered_map<std::uint64_t, std::unique_ptr<Connection>> connections_;
  DepartedClients departed_;
  std::uint64_t last_connection_ = 0;
  std::uint64_t accepted_ = 0;  ///< by the listener
  const std::uint64_t started_us_ = Journal::now_us();
  bool draining_ = false;
};

}  // namespace zomg::monitor
