#include "monitor/settings.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <map>

#include <yaml-cpp/yaml.h>

#include "common/limits.h"

namespace zomg::monitor {
namespace {

using common::Result;

Result<std::uint64_t> parse_number(std::string_view text, std::uint64_t max) {
  std::uint64_t number = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (status != std::errc() || end != text.data() + text.size() || number > max) {
    return common::error("`{}` is not a number from 0 to {}", text, max);
  }
  return number;
}

bool is_numeric_address(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return ::inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

Result<ListenAddress> parse_listen_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  const auto malformed = [&] {
    return common::error("`{}` is not address:port, such as 0.0.0.0:2222 or [::]:2222", text);
  };
  if (colon == std::string_view::npos) return malformed();
  std::string_view host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return malformed();
  }
  auto port = parse_number(text.substr(colon + 1), 65535);
  if (!port || !is_numeric_address(std::string(host))) return malformed();
  return ListenAddress{std::string(host), static_cast<std::uint16_t>(*port)};
}

Result<void> set_listen(Settings& settings, const std::string& text) {
  settings.listen.clear();
  std::string_view rest = text;
  while (true) {
    const std::size_t comma = rest.find(',');
    auto address = parse_listen_address(rest.substr(0, comma));
    if (!address) return address.error();
    settings.listen.push_back(std::move(*address));
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  if (settings.listen.size() > limits::kMaxListenAddresses) {
    return common::error("more than {} addresses", limits::kMaxListenAddresses);
  }
  return {};
}

Result<void> set_path(std::string& member, const std::string& text) {
  if (text.empty() || text[0] != '/') return common::error("`{}` is not an absolute path", text);
  member = text;
  return {};
}

Result<void> set_host_key_path(Settings& settings, const std::string& text) {
  return set_path(settings.host_key_path, text);
}

Result<void> set_authorized_keys(Settings& settings, const std::string& text) {
  if (text.size() > limits::kMaxAuthorizedKeysBytes) {
    return common::error("over {} bytes", limits::kMaxAuthorizedKeysBytes);
  }
  settings.authorized_keys = text;
  return {};
}

Result<void> set_authorized_keys_file(Settings& settings, const std::string& text) {
  return set_path(settings.authorized_keys_file, text);
}

Result<void> set_cri_socket(Settings& settings, const std::string& text) {
  // sockaddr_un has room for 107 characters and a NUL.
  if (text.size() > 107) return common::error("`{}` is longer than a socket's path may be", text);
  return set_path(settings.cri_socket, text);
}

Result<void> set_chroot(Settings& settings, const std::string& text) {
  if (text.size() > limits::kMaxNameBytes) return common::error("the path is too long");
  return set_path(settings.chroot_directory, text);
}

Result<void> set_namespace(Settings& settings, const std::string& text) {
  const bool label = !text.empty() && text.size() <= limits::kMaxLabelValueBytes &&
                     text.front() != '-' && text.back() != '-' &&
                     std::all_of(text.begin(), text.end(), [](char c) {
                       return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
                     });
  if (!label) return common::error("`{}` is no name of a namespace (RFC 1123 label)", text);
  settings.kubernetes_namespace = text;
  return {};
}

Result<void> set_drain_time(Settings& settings, const std::string& text) {
  constexpr std::uint64_t kMaxDrainSeconds = 7UL * 24 * 60 * 60;
  auto seconds = parse_number(text, kMaxDrainSeconds);
  if (!seconds) return seconds.error();
  settings.drain_time = std::chrono::seconds(*seconds);
  return {};
}

Result<void> set_log_level(Settings& settings, const std::string& text) {
  if (!log::parse_level(text, settings.log_level)) {
    return common::error("`{}` is none of debug, info, warning, error", text);
  }
  return {};
}

struct Row {
  const char* variable;
  const char* default_text;
  Result<void> (*set)(Settings&, const std::string&);
};

constexpr std::string_view kPrefix = "ZOMG_SSH_";
constexpr std::array kRows{
    Row{"ZOMG_SSH_LISTEN", "[::]:2222", set_listen},
    Row{"ZOMG_SSH_HOST_KEY_PATH", "/var/lib/boxes/ssh/host-ed25519", set_host_key_path},
    Row{"ZOMG_SSH_AUTHORIZED_KEYS", "", set_authorized_keys},
    Row{"ZOMG_SSH_AUTHORIZED_KEYS_FILE", "", set_authorized_keys_file},
    Row{"ZOMG_SSH_CRI_SOCKET", "the first that exists of the usual ones", set_cri_socket},
    Row{"ZOMG_SSH_CHROOT", "/volumes", set_chroot},
    Row{"ZOMG_SSH_NAMESPACE", "", set_namespace},
    Row{"ZOMG_SSH_DRAIN_SECS", "300", set_drain_time},
    Row{"ZOMG_SSH_LOG_LEVEL", "info", set_log_level},
};

std::string yaml_key(const Row& row) {
  std::string key = std::string(row.variable).substr(kPrefix.size());
  for (char& c : key) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return key;
}

const Row* row_for_key(std::string_view key) {
  for (const Row& row : kRows) {
    if (yaml_key(row) == key) return &row;
  }
  return nullptr;
}

Result<void> apply_yaml(Settings& settings, const std::string& path) {
  try {
    const YAML::Node document = YAML::LoadFile(path);
    if (document.IsNull()) return {};
    if (!document.IsMap()) return common::error("{}: not a mapping of settings", path);
    for (const auto& entry : document) {
      const int line = entry.first.Mark().line + 1;
      const auto key = entry.first.as<std::string>();
      const Row* row = row_for_key(key);
      if (row == nullptr)
        return common::error("{} line {}: no setting is named {}", path, line, key);
      if (!entry.second.IsScalar()) {
        return common::error("{} line {}: {} takes one value", path, line, key);
      }
      auto set = row->set(settings, entry.second.as<std::string>());
      if (!set) return common::error("{} line {}: {}: {}", path, line, key, set.error().message);
    }
  } catch (const YAML::BadFile&) {
    return common::error("{}: cannot be read (ZOMG_SSH_CONFIG names it)", path);
  } catch (const YAML::Exception& exception) {
    return common::error("{} line {}: {}", path, exception.mark.line + 1, exception.msg);
  }
  return {};
}

}  // namespace

std::optional<std::string> process_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe)
  if (value == nullptr) return std::nullopt;
  return value;
}

Result<Settings> read_settings(const Environment& environment) {
  Settings settings;
  if (const auto file = environment("ZOMG_SSH_CONFIG"); file && !file->empty()) {
    if (auto applied = apply_yaml(settings, *file); !applied) return applied.error();
  }
  for (const Row& row : kRows) {
    // Set but empty is not set: a manifest cannot leave a variable out for one cluster only.
    const auto value = environment(row.variable);
    if (!value || value->empty()) continue;
    if (auto set = row.set(settings, *value); !set) return set.error().with_context(row.variable);
  }
  return settings;
}

std::string describe_settings() {
  std::string text;
  for (const Row& row : kRows) {
    text += fmt::format("  {:<30} {}\n", row.variable,
                        row.default_text[0] == '\0' ? "not set" : row.default_text);
  }
  return text;
}

}  // namespace zomg::monitor
