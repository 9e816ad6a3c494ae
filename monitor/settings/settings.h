#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/base/log.h"
#include "common/base/result.h"
#include "common/base/secure_path.h"
#include "common/messages/session.h"
#include "common/messages/settings.h"
#include "monitor/base/address_list.h"
#include "monitor/settings/github_users.h"

namespace zomg::monitor {

/// An address to listen on.
struct ListenAddress {
  std::string host;  ///< numeric, without brackets
  std::uint16_t port = 0;

  bool operator==(const ListenAddress&) const = default;
};

/// How sessions reach their boxes.
enum class PathChoice {
  kAuto,     ///< the container of this node, else kubectl
  kCri,      ///< the container of this node only
  kKubectl,  ///< kubectl only
};

/// Which sessions with a terminal are recorded, where there is a directory for it.
enum class RecordChoice {
  kAll,
  kKeys,  ///< of keys with the option `record`
};

/// What becomes of a session that cannot be recorded.
enum class RecordFailure {
  kClosed,  ///< it ends
  kOpen,    ///< it goes on
};

/// sshd_config(5) MaxStartups, `begin:rate:full`: from `begin` connections on that have not
/// authenticated yet, `rate` percent of the new ones are dropped, growing to all of them at `full`.
struct MaxStartups {
  std::uint64_t begin = 10;
  std::uint64_t rate = 30;
  std::uint64_t full = 100;
  bool operator==(const MaxStartups&) const = default;
};

/// sshd_config(5) PerSourcePenalties.
struct PenaltyRules {
  bool enabled = true;
  std::chrono::seconds authentication_failed{5};
  std::chrono::seconds no_authentication{1};
  std::chrono::seconds grace_exceeded{10};
  std::chrono::seconds crash{90};
  /// What must have added up before anything is refused, and what it adds up to at most.
  std::chrono::seconds min{15};
  std::chrono::seconds max{600};
  std::uint64_t max_sources = 65536;
  /// When more sources than that are under a penalty: refuse everybody rather than forget some.
  bool refuse_all_on_overflow = false;
  bool operator==(const PenaltyRules&) const = default;
};

/// Everything an operator can set. Each member is one row of the table in settings/table.cc: an
/// environment variable, and a key of the YAML file that ZOMG_SSH_CONFIG names (the variable's name
/// in lower case, without `zomg_ssh_`). The environment wins. The defaults here are the defaults
/// that `--help`, the manual and docs/settings.md tell.
struct Settings {
  std::vector<ListenAddress> listen{{"::", 2222}};
  std::string host_key_path = "/var/lib/boxes/ssh/host-ed25519";
  /// authorized_keys content.
  std::string authorized_keys;
  std::string authorized_keys_file;
  std::string revoked_keys_file;
  /// Whose keys are fetched.
  std::vector<GithubUser> github_users;
  /// Without a slash at its end.
  std::string github_url = "https://github.com";
  /// Empty: the CA certificates of the system.
  std::string github_ca;
  std::chrono::seconds keys_refresh{300};
  /// How long keys count that GitHub does not confirm.
  std::chrono::seconds keys_max_stale{7 * 24 * 60 * 60};
  std::string state_directory = "/var/lib/zomg-ssh-gateway";
  /// What clients are told before they log in.
  std::string banner_file;
  /// Whether the end of a key's authorization ends the connections that it logged in.
  bool close_revoked = false;
  /// Whether files that decide who gets in, and the directories above them, must be root's alone to
  /// write (sshd_config(5) StrictModes).
  bool strict_modes = true;
  common::StrictModes strictness() const { return common::StrictModes{strict_modes}; }
  /// Empty: the first of the usual sockets that exists.
  std::string cri_socket;
  std::string chroot_directory = "/volumes";
  /// Whom sessions run as in the box.
  messages::BoxUser box_user;
  /// Empty: any namespace, as long as the box is in one only.
  std::string kubernetes_namespace;
  PathChoice path = PathChoice::kAuto;
  /// Empty: the first of the usual places that has it.
  std::string kubectl;
  /// How long sessions may go on after SIGTERM.
  std::chrono::seconds drain_time{300};
  /// sshd_config(5) MaxStartups, PerSourceMaxStartups (0: none), LoginGraceTime, MaxAuthTries,
  /// MaxSessions, PerSourceNetBlockSize, PerSourcePenalties, PerSourcePenaltyExemptList,
  /// ClientAliveInterval (0: none), ClientAliveCountMax.
  MaxStartups max_startups;
  std::uint64_t per_source_max_startups = 0;
  std::chrono::seconds login_grace_time{120};
  std::uint64_t max_auth_tries = 6;
  std::uint64_t max_sessions = 10;
  NetBlockSize net_block_size;
  PenaltyRules penalties;
  std::vector<std::string> penalty_exempt;
  std::chrono::seconds client_alive_interval{30};
  std::uint64_t client_alive_count_max = 3;
  /// How long a session may move no bytes, and a connection have no session; 0: for ever.
  std::chrono::seconds idle_timeout{0};
  /// Connections in all, by key and by login name. A key has less than half of a name's, and fewer
  /// sessions than a box: one key alone locks nobody out. How many there are in the end, and what of
  /// sessions follows from them, capacity.h has.
  std::uint64_t max_connections = 512;
  std::uint64_t max_connections_per_key = 40;
  std::uint64_t max_connections_per_user = 100;
  /// What all clients together may send ahead of their programs.
  std::uint64_t max_window_mebibytes = 256;
  /// Sessions in one box, over all connections.
  std::uint64_t max_sessions_per_box = 100;
  /// Networks whose connections begin with a PROXY header.
  std::vector<std::string> proxy_protocol_from;
  /// Where the audit trail goes: `-` (standard output), `off`, or the path of a file.
  std::string audit_log = "-";
  /// Where health and metrics are served; empty: nowhere.
  std::vector<ListenAddress> metrics_listen;
  /// Whether metrics name GitHub users.
  bool metrics_names = false;
  /// Where sessions with a terminal are recorded; empty: nowhere.
  std::string record_directory;
  RecordChoice record = RecordChoice::kAll;
  RecordFailure record_failure = RecordFailure::kClosed;
  std::uint64_t record_max_mebibytes = 256;
  /// Whether the audit trail tells what is done by sftp.
  bool audit_sftp = false;
  log::Level log_level = log::Level::kInfo;
};

/// Looks an environment variable up; nothing when it is not set.
using Environment = std::function<std::optional<std::string>(const std::string&)>;

/// The process's own environment.
std::optional<std::string> process_environment(const std::string& name);

/// Reads the file that ZOMG_SSH_CONFIG names: read_settings_file(), but in tests.
using FileReader = std::function<common::Result<messages::SettingsFile>(const std::string&)>;

/// Where a setting got its value.
struct Origin {
  enum class Source { kDefault, kFile, kEnvironment };
  Source source = Source::kDefault;
  std::uint32_t line = 0;  ///< of the file
};

/// Settings, where each came from (in the order of the table), and all that is wrong with them. A
/// setting with a problem keeps its default.
struct SettingsReport {
  Settings settings;
  std::vector<Origin> origins;
  std::vector<common::Error> problems;
};

/// Reads everything that is set, and goes on where something is wrong. Each problem names the
/// variable, or the file, line and key.
SettingsReport examine_settings(const Environment& environment, const FileReader& read_file);

/// A variable that is named as settings are, though none is; and the one that was most likely meant.
struct UnknownVariable {
  std::string name;
  std::optional<std::string> meant;
};

/// Those among `variables`, the names of the whole environment.
std::vector<UnknownVariable> unknown_variables(const std::vector<std::string>& variables);

/// The settings, or the first problem with them.
common::Result<Settings> read_settings(const Environment& environment, const FileReader& read_file);

}  // namespace zomg::monitor
