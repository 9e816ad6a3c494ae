#include "monitor/settings/table.h"

#include <array>

#include "common/limits.h"
#include "monitor/settings/values.h"

namespace zomg::monitor {
namespace {

using common::Result;
using namespace std::chrono_literals;

constexpr std::string_view kPrefix = "ZOMG_SSH_";
/// limits.h(0posix) PATH_MAX, with the NUL.
constexpr std::size_t kMaxPathBytes = 4095;
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

Result<void> set_namespace(Settings& settings, std::string_view text) {
  auto name = values::parse_namespace(text);
  if (!name) return name.error();
  settings.kubernetes_namespace = std::move(*name);
  return {};
}

std::string show_namespace(const Settings& settings) {
  return settings.kubernetes_namespace;
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
        .kind = kind::Path{&Settings::host_key_path, kMaxPathBytes},
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
        .kind = kind::Path{&Settings::authorized_keys_file, kMaxPathBytes},
        .help = "A file with such content.",
    },
    SettingRow{
        .variable = "ZOMG_SSH_REVOKED_KEYS_FILE",
        .kind = kind::Path{&Settings::revoked_keys_file, kMaxPathBytes},
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
        .variable = "ZOMG_SSH_NAMESPACE",
        .kind = kind::Custom{"a namespace", set_namespace, show_namespace},
        .help = "The only Kubernetes namespace in which boxes are looked for.",
        .default_note = "any, but a box that is in two is refused",
    },
    SettingRow{
        .variable = "ZOMG_SSH_DRAIN_SECS",
        .kind = kind::Duration{&Settings::drain_time, 0s, 7 * 24h},
        .help = "How long sessions may go on after SIGTERM.",
        .reloaded = true,
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
