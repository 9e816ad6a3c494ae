#include "monitor/settings/table.h"

#include <array>

#include "common/base/limits.h"
#include "monitor/settings/custom.h"
#include "monitor/settings/limit_values.h"

namespace zomg::monitor {
namespace {

using namespace std::chrono_literals;

/// For the kind Custom.
template <auto Member>
constexpr auto kCopy = kind::copy_member<Member>;

constexpr std::string_view kPrefix = "ZOMG_SSH_";
/// sockaddr_un has room for 107 characters and a NUL.
constexpr std::size_t kMaxSocketPathBytes = 107;

constexpr std::array kTable{
    SettingRow{
        .variable = "ZOMG_SSH_LISTEN",
        .kind = kind::Custom{"address:port, comma-separated", custom::set_listen,
                             custom::show_listen, kCopy<&Settings::listen>, true},
        .help = "Where to accept connections: numeric addresses and ports. [::] takes IPv4, too, "
                "unless an IPv4 address with its port is listed.",
    },
    SettingRow{
        .variable = "ZOMG_SSH_HOST_KEY_PATH",
        .kind = kind::Path{&Settings::host_key_path, limits::kMaxPathBytes},
        .help = "The host key, ed25519 in OpenSSH's format, mode 0600 or stricter.",
    },
    SettingRow{
        .variable = "ZOMG_SSH_AUTHORIZED_KEYS",
        .kind = kind::Text{&Settings::authorized_keys, limits::kMaxAuthorizedKeysBytes},
        .help = "Who may log in: authorized_keys content, as in sshd(8).",
        .secret = true,
    },
    SettingRow{
        .variable = "ZOMG_SSH_AUTHORIZED_KEYS_FILE",
        .kind = kind::Path{&Settings::authorized_keys_file, limits::kMaxPathBytes},
        .help = "A file with such content, read again whenever it changes.",
    },
    SettingRow{
        .variable = "ZOMG_SSH_GITHUB_USERS",
        .kind = kind::Custom{"user or user=pattern, comma-separated", custom::set_github_users,
                             custom::show_github_users, kCopy<&Settings::github_users>, true},
        .help = "GitHub users whose keys may log in; with a pattern over <project>--<box>, such "
                "as alice=demo--*, only to the boxes that match.",
    },
    SettingRow{
        .variable = "ZOMG_SSH_GITHUB_URL",
        .kind = kind::Custom{"an https URL", custom::set_github_url, custom::show_github_url,
                             kCopy<&Settings::github_url>},
        .help = "The server with their keys, as USER.keys: another one for GitHub Enterprise.",
    },
    SettingRow{
        .variable = "ZOMG_SSH_GITHUB_CA",
        .kind = kind::Path{&Settings::github_ca, limits::kMaxPathBytes},
        .help = "A PEM file of the only CA certificates to trust there.",
        .default_note = "those that the system trusts",
    },
    SettingRow{
        .variable = "ZOMG_SSH_KEYS_REFRESH_SECS",
        .kind = kind::Duration{&Settings::keys_refresh, 1s, 7 * 24h},
        .help = "How often keys are fetched, give or take a tenth.",
    },
    SettingRow{
        .variable = "ZOMG_SSH_KEYS_MAX_STALE_SECS",
        .kind = kind::Duration{&Settings::keys_max_stale, 1s, 365 * 24h},
        .help = "How long keys stay valid that GitHub does not confirm, as in an outage.",
    },
    SettingRow{
        .variable = "ZOMG_SSH_STATE_DIR",
        .kind = kind::Path{&Settings::state_directory, limits::kMaxPathBytes},
        .help = "Where fetched keys are kept for a start during an outage.",
    },
    SettingRow{
        .variable = "ZOMG_SSH_CLOSE_REVOKED",
        .kind = kind::YesNo{&Settings::close_revoked},
        .help = "Whether a connection ends when its key or certificate may no longer log in: "
                "removed, revoked, or expired.",
        .reloaded = true,
    },
    SettingRow{
        .variable = "ZOMG_SSH_REVOKED_KEYS_FILE",
        .kind = kind::Path{&Settings::revoked_keys_file, limits::kMaxPathBytes},
        .help = "Keys that may not log in, whatever else allows them: public keys, one a line, or "
                "a key revocation list. Read again when it changes. While it cannot be read, "
                "nobody logs in.",
    },
    SettingRow{
        .variable = "ZOMG_SSH_BANNER_FILE",
        .kind = kind::Path{&Settings::banner_file, limits::kMaxPathBytes},
        .help = "A file whose text clients show before the login, 32256 bytes at most.",
        .reloaded = true,
    },
    SettingRow{
        .variable = "ZOMG_SSH_STRICT_MODES",
        .kind = kind::YesNo{&Settings::strict_modes},
        .help = "Whether files that decide who gets in, and all directories above them, must be "
                "writable by root alone, as StrictModes of sshd_config(5) asks. Without it the "
                "gateway trusts such a file whoever can write it.",
    },
    SettingRow{
        .variable = "ZOMG_SSH_CRI_SOCKET",
        .kind = kind::Path{&Settings::cri_socket, kMaxSocketPathBytes},
        .help = "The container runtime's CRI socket.",
        .default_note = "the first that exists of containerd's, k3s's and CRI-O's",
    },
    SettingRow{
        .variable = "ZOMG_SSH_CHROOT",
        .kind = kind::Path{&Settings::chroot_directory, limits::kMaxNameBytes},
        .help = "The directory of the box in which sessions run; / for the container's own root.",
    },
    SettingRow{
        .variable = "ZOMG_SSH_BOX_USER",
        .kind = kind::Custom{"root, container, a uid, the name of a user", custom::set_box_user,
                             custom::show_box_user, kCopy<&Settings::box_user>},
        .help = "As whom sessions run in the box; container for the container's own user.",
    },
    SettingRow{
        .variable = "ZOMG_SSH_NAMESPACE",
        .kind = kind::Custom{"a namespace", custom::set_namespace, custom::show_namespace,
                             kCopy<&Settings::kubernetes_namespace>},
        .help = "The only Kubernetes namespace in which the gateway looks for boxes.",
        .default_note = "any, but a box that is in two is refused",
    },
    SettingRow{
        .variable = "ZOMG_SSH_PATH",
        .kind = kind::Custom{"auto, cri, kubectl", custom::set_path_choice,
                             custom::show_path_choice, kCopy<&Settings::path>},
        .help = "How sessions reach their boxes: cri, the containers of this node; kubectl, by "
                "kubectl exec; auto, by cri where that works.",
    },
    SettingRow{
        .variable = "ZOMG_SSH_KUBECTL",
        .kind = kind::Path{&Settings::kubectl, limits::kMaxPathBytes},
        .help = "The program kubectl, statically linked.",
        .default_note = "the first of /usr/local/bin, /usr/bin and /bin that has it",
    },
    SettingRow{
        .variable = "ZOMG_SSH_DRAIN_SECS",
        .kind = kind::Duration{&Settings::drain_time, 0s, 7 * 24h},
        .help = "How long sessions may go on after SIGTERM.",
        .reloaded = true,
    },
    SettingRow{
        .variable = "ZOMG_SSH_MAX_STARTUPS",
        .kind = kind::Custom{"a number, or begin:rate:full", set_max_startups, show_max_startups,
                             kCopy<&Settings::max_startups>},
        .help = "Connections that have not authenticated yet: from begin on, rate percent of new "
                "ones are dropped, all of them at full.",
    },
    SettingRow{
        .variable = "ZOMG_SSH_PER_SOURCE_MAX_STARTUPS",
        .kind = kind::Whole{&Settings::per_source_max_startups, 0, limits::kMaxConnections, ""},
        .help = "The most such connections from one address; 0 for no separate limit.",
    },
    SettingRow{
        .variable = "ZOMG_SSH_PER_SOURCE_NET_BLOCK_SIZE",
        .kind = kind::Custom{"bits of IPv4:bits of IPv6", set_net_block_size, show_net_block_size,
                             kCopy<&Settings::net_block_size>},
        .help = "How many leading bits of an address stand for one source.",
    },
    SettingRow{
        .variable = "ZOMG_SSH_PER_SOURCE_PENALTIES",
        .kind = kind::Custom{"yes, no, or words as in sshd_config(5)", set_penalties,
                             show_penalties, kCopy<&Settings::penalties>},
        .help = "How long the gateway refuses an address after what its clients did.",
    },
    SettingRow{
        .variable = "ZOMG_SSH_PER_SOURCE_PENALTY_EXEMPT_LIST",
        .kind = kind::List{&Settings::penalty_exempt, limits::kMaxNetworks, "network",
                           custom::check_network},
        .help = "Addresses and networks that get no penalty.",
    },
    SettingRow{
        .variable = "ZOMG_SSH_PROXY_PROTOCOL_FROM",
        .kind = kind::List{&Settings::proxy_protocol_from, limits::kMaxNetworks, "network",
                           custom::check_network},
        .help = "Addresses and networks of load balancers, whose connections all begin with a "
                "PROXY header, version 1 or 2.",
    },
    SettingRow{
        .variable = "ZOMG_SSH_LOGIN_GRACE_TIME",
        .kind = kind::Duration{&Settings::login_grace_time, 1s, 1h},
        .help = "How long a client may take to log in.",
        .reloaded = true,
    },
    SettingRow{
        .variable = "ZOMG_SSH_MAX_AUTH_TRIES",
        .kind = kind::Whole{&Settings::max_auth_tries, 1, limits::kMaxKeyQueries, ""},
        .help = "Failed attempts to log in that a connection may make.",
        .reloaded = true,
    },
    SettingRow{
        .variable = "ZOMG_SSH_MAX_SESSIONS",
        .kind = kind::Whole{&Settings::max_sessions, 1, limits::kMaxSessionsPerConnection, ""},
        .help = "Sessions of one connection.",
        .reloaded = true,
    },
    SettingRow{
        .variable = "ZOMG_SSH_MAX_CONNECTIONS",
        .kind = kind::Whole{&Settings::max_connections, 2, limits::kMaxConnections, ""},
        .help = "Connections in all, and twice as many sessions. When seven eighths are taken, the "
                "oldest connection without a login makes room for a new one or, if so many have "
                "logged in, those without a session for the longest time.",
    },
    SettingRow{
        .variable = "ZOMG_SSH_MAX_CONNECTIONS_PER_KEY",
        .kind = kind::Whole{&Settings::max_connections_per_key, 1, limits::kMaxConnections, ""},
        .help = "Connections that one key has logged in, and twice as many sessions. The keys of a "
                "GitHub user count as one, and so do all certificates of one authority with the "
                "same principal (without principals=, the box). So whoever gets a certificate for "
                "a principal can use up that principal's connections.",
    },
    SettingRow{
        .variable = "ZOMG_SSH_MAX_CONNECTIONS_PER_USER",
        .kind = kind::Whole{&Settings::max_connections_per_user, 1, limits::kMaxConnections, ""},
        .help = "Connections of one login name, whatever container it chooses.",
    },
    SettingRow{
        .variable = "ZOMG_SSH_MAX_WINDOW_MIB",
        .kind = kind::Whole{&Settings::max_window_mebibytes, 1, limits::kMaxWindowMebibytes, "MiB"},
        .help = "Memory for what clients send ahead of their programs, of all connections "
                "together: the more connections, the smaller their windows.",
    },
    SettingRow{
        .variable = "ZOMG_SSH_MAX_SESSIONS_PER_BOX",
        .kind = kind::Whole{&Settings::max_sessions_per_box, 1, limits::kMaxSessionsInAll, ""},
        .help = "Sessions in one box, over all connections.",
    },
    SettingRow{
        .variable = "ZOMG_SSH_CLIENT_ALIVE_INTERVAL",
        .kind = kind::Duration{&Settings::client_alive_interval, 0s, 24h},
        .help = "After this time of silence the gateway asks a logged-in client for an answer; 0 "
                "for never.",
        .reloaded = true,
    },
    SettingRow{
        .variable = "ZOMG_SSH_CLIENT_ALIVE_COUNT_MAX",
        .kind = kind::Whole{&Settings::client_alive_count_max, 0, 1000, ""},
        .help = "After this many questions without an answer the connection ends; 0 for never.",
        .reloaded = true,
    },
    SettingRow{
        .variable = "ZOMG_SSH_IDLE_TIMEOUT",
        .kind = kind::Duration{&Settings::idle_timeout, 0s, 7 * 24h},
        .help = "After this time a session that moves no bytes either way ends, and a connection "
                "without a session; 0 for never.",
        .reloaded = true,
    },
    SettingRow{
        .variable = "ZOMG_SSH_AUDIT_LOG",
        .kind = kind::Custom{"-, off, a path", custom::set_audit_log, custom::show_audit_log,
                             kCopy<&Settings::audit_log>},
        .help = "Where the audit trail goes: - for standard output, off, or a file, which SIGHUP "
                "opens again.",
    },
    SettingRow{
        .variable = "ZOMG_SSH_AUDIT_SFTP",
        .kind = kind::YesNo{&Settings::audit_sftp},
        .help =
            "Whether the audit trail tells what sftp does to files: open, close, rename, remove, "
            "mkdir, rmdir, link, copy and setstat.",
        .reloaded = true,
    },
    SettingRow{
        .variable = "ZOMG_SSH_METRICS_LISTEN",
        .kind = kind::Custom{"address:port, comma-separated", custom::set_metrics_listen,
                             custom::show_metrics_listen, kCopy<&Settings::metrics_listen>, true},
        .help = "Where to serve /healthz, /readyz and /metrics over HTTP, to whoever asks.",
        .default_note = "nowhere",
    },
    SettingRow{
        .variable = "ZOMG_SSH_METRICS_NAMES",
        .kind = kind::YesNo{&Settings::metrics_names},
        .help = "Whether /metrics names GitHub users; otherwise it has their places in "
                "ZOMG_SSH_GITHUB_USERS.",
        .reloaded = true,
    },
    SettingRow{
        .variable = "ZOMG_SSH_RECORD_DIR",
        .kind = kind::Path{&Settings::record_directory, limits::kMaxPathBytes},
        .help = "A directory that zomg-ssh-recorder owns, for recordings of sessions with a "
                "terminal as asciicasts.",
    },
    SettingRow{
        .variable = "ZOMG_SSH_RECORD",
        .kind = kind::Custom{"all, keys", custom::set_record, custom::show_record,
                             kCopy<&Settings::record>},
        .help = "Whether all sessions with a terminal are recorded, or only those of keys with the "
                "option record.",
        .reloaded = true,
    },
    SettingRow{
        .variable = "ZOMG_SSH_RECORD_FAIL",
        .kind = kind::Custom{"closed, open", custom::set_record_failure,
                             custom::show_record_failure, kCopy<&Settings::record_failure>},
        .help = "Whether a session that cannot be recorded ends, or goes on.",
        .reloaded = true,
    },
    SettingRow{
        .variable = "ZOMG_SSH_RECORD_MAX_MIB",
        .kind = kind::Whole{&Settings::record_max_mebibytes, 1, limits::kMaxRecordMebibytes, "MiB"},
        .help = "How much of one session is recorded, in files of 16 MiB; beyond that it cannot be "
                "recorded.",
        .reloaded = true,
    },
    SettingRow{
        .variable = "ZOMG_SSH_LOG_LEVEL",
        .kind = kind::Custom{"debug, info, warning, error", custom::set_log_level,
                             custom::show_log_level, kCopy<&Settings::log_level>},
        .help = "The lowest level of lines in the log.",
        .reloaded = true,
    },
};

}  // namespace

std::span<const SettingRow> settings_table() {
  return kTable;
}

std::string yaml_key(const SettingRow& row) {
  std::string key(row.variable.substr(kPrefix.size()));
  for (char& c : key) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return key;
}

std::string default_text(const SettingRow& row) {
  if (!row.default_note.empty()) return std::string(row.default_note);
  return kind::show(row.kind, Settings{});
}

}  // namespace zomg::monitor
