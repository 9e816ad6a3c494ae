#include "monitor/settings/table.h"

#include <array>

#include "common/limits.h"
#include "monitor/settings/values.h"

namespace zomg::monitor {
namespace {

using common::Result;
using namespace std::chrono_literals;

constexpr std::string_view kPrefix = "ZOMG_SSH_";
/// sockaddr_un has room for 107 characters and a NUL.
constexpr std::size_t kMaxSocketPathBytes = 107;

Result<void> set_listen(Settings& settings, std::string_view text) {
  auto items = values::split_list(text, limits::kMaxListenAddresses);
  if (!items) return items.error();
  std::vector<ListenAddress> addresses;
  for (const std::string_view item : *items) {
    auto address = values::parse_listen_address(item);
    if (!address) return address.error();
    addresses.push_back(std::move(*address));
  }
  settings.listen = std::move(addresses);
  return {};
}

std::string show_listen(const Settings& settings) {
  std::vector<std::string> items;
  for (const ListenAddress& address : settings.listen) {
    items.push_back(values::show_listen_address(address));
  }
  return values::join_list(items);
}

Result<void> set_github_users(Settings& settings, std::string_view text) {
  auto users = parse_github_users(text);
  if (!users) return users.error();
  settings.github_users = std::move(*users);
  return {};
}

std::string show_github_users(const Settings& settings) {
  return monitor::show_github_users(settings.github_users);
}

Result<void> set_github_url(Settings& settings, std::string_view text) {
  auto url = values::parse_https_url(text);
  if (!url) return url.error();
  settings.github_url = std::move(*url);
  return {};
}

std::string show_github_url(const Settings& settings) {
  return settings.github_url;
}

Result<void> set_box_user(Settings& settings, std::string_view text) {
  auto user = values::parse_box_user(text);
  if (!user) return user.error();
  settings.box_user = std::move(*user);
  return {};
}

std::string show_box_user(const Settings& settings) {
  return values::show_box_user(settings.box_user);
}

Result<void> set_namespace(Settings& settings, std::string_view text) {
  auto name = values::parse_namespace(text);
  if (!name) return name.error();
  settings.kubernetes_namespace = std::move(*name);
  return {};
}

std::string show_namespace(const Settings& settings) {
  return settings.kubernetes_namespace;
}

constexpr std::array<std::string_view, 3> kPathChoices{"auto", "cri", "kubectl"};

Result<void> set_path_choice(Settings& settings, std::string_view text) {
  auto index = values::parse_choice(text, {kPathChoices.begin(), kPathChoices.end()});
  if (!index) return index.error();
  settings.path = static_cast<PathChoice>(*index);
  return {};
}

std::string show_path_choice(const Settings& settings) {
  return std::string(kPathChoices.at(static_cast<std::size_t>(settings.path)));
}

Result<void> set_audit_log(Settings& settings, std::string_view text) {
  if (text != "-" && text != "off") {
    auto path = values::parse_path(text, kMaxPathBytes);
    if (!path) return common::error("{}, nor `-`, nor `off`", path.error().message);
  }
  settings.audit_log = text;
  return {};
}

std::string show_audit_log(const Settings& settings) {
  return settings.audit_log;
}

Result<void> set_log_level(Settings& settings, std::string_view text) {
  if (!log::parse_level(text, settings.log_level)) {
    return common::error("`{}` is none of debug, info, warning, error", text);
  }
  return {};
}

std::string show_log_level(const Settings& settings) {
  constexpr std::array kNames{"debug", "info", "warning", "error"};
  return kNames.at(static_cast<std::size_t>(settings.log_level));
}

constexpr std::array kTable{
    SettingRow{
        .variable = "ZOMG_SSH_LISTEN",
        .kind = kind::Custom{"address:port, comma-separated", set_listen, show_listen, true},
        .help = "Where to accept connections: numeric addresses and ports.",
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
        .kind = kind::Custom{"user or user=pattern, comma-separated", set_github_users,
                             show_github_users, true},
        .help = "GitHub users whose keys may log in; with a pattern over <project>--<box>, such "
                "as alice=demo--*, only to the boxes that match.",
    },
    SettingRow{
        .variable = "ZOMG_SSH_GITHUB_URL",
        .kind = kind::Custom{"an https URL", set_github_url, show_github_url},
        .help = "Where their keys are, as USER.keys: another one for GitHub Enterprise.",
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
        .help = "How long keys count that GitHub does not confirm, as in an outage.",
    },
    SettingRow{
        .variable = "ZOMG_SSH_STATE_DIR",
        .kind = kind::Path{&Settings::state_directory, limits::kMaxPathBytes},
        .help = "Where fetched keys are kept for a start during an outage.",
    },
    SettingRow{
        .variable = "ZOMG_SSH_CLOSE_REVOKED",
        .kind = kind::YesNo{&Settings::close_revoked},
        .help = "Whether connections end whose key may log in no more.",
        .reloaded = true,
    },
    SettingRow{
        .variable = "ZOMG_SSH_REVOKED_KEYS_FILE",
        .kind = kind::Path{&Settings::revoked_keys_file, limits::kMaxPathBytes},
        .help =
            "Keys that may not log in whatever else says so: public keys, one a line, or a key "
            "revocation list. Read again when it changes. While it cannot be read, nobody logs in.",
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
        .kind =
            kind::Custom{"root, container, a uid, the name of a user", set_box_user, show_box_user},
        .help = "Whom sessions run as in the box; container for the container's own user.",
    },
    SettingRow{
        .variable = "ZOMG_SSH_NAMESPACE",
        .kind = kind::Custom{"a namespace", set_namespace, show_namespace},
        .help = "The only Kubernetes namespace in which boxes are looked for.",
        .default_note = "any, but a box that is in two is refused",
    },
    SettingRow{
        .variable = "ZOMG_SSH_PATH",
        .kind = kind::Custom{"auto, cri, kubectl", set_path_choice, show_path_choice},
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
        .variable = "ZOMG_SSH_AUDIT_LOG",
        .kind = kind::Custom{"-, off, a path", set_audit_log, show_audit_log},
        .help = "Where the audit trail goes: - for standard output, off, or a file, which SIGHUP "
                "opens again.",
    },
    SettingRow{
        .variable = "ZOMG_SSH_LOG_LEVEL",
        .kind = kind::Custom{"debug, info, warning, error", set_log_level, show_log_level},
        .help = "The least important lines that the log has.",
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
