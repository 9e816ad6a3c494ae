#include "monitor/settings/print.h"

#include "monitor/settings/table.h"

namespace zomg::monitor {
namespace {

/// YAML's double-quoted form, which can carry any bytes of a valid file.
std::string double_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string describe(const Origin& origin, const SettingRow& row) {
  switch (origin.source) {
    case Origin::Source::kDefault:
      return "default";
    case Origin::Source::kFile:
      return fmt::format("file, line {}", origin.line);
    case Origin::Source::kEnvironment:
      return std::string(row.variable);
  }
  return {};
}

}  // namespace

std::string print_settings(const SettingsReport& report) {
  const auto table = settings_table();
  std::string text;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const std::string key = yaml_key(table[i]);
    const std::string value = kind::show(table[i].kind, report.settings);
    const std::string origin = describe(report.origins[i], table[i]);
    if (value.empty()) {
      text += fmt::format("# {} is not set\n", key);
    } else if (table[i].secret) {
      text += fmt::format("# {} is hidden: {} bytes  # {}\n", key, value.size(), origin);
    } else {
      text += fmt::format("{}: {}  # {}\n", key, double_quoted(value), origin);
    }
  }
  return text;
}

}  // namespace zomg::monitor
