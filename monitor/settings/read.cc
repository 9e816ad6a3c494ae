#include <cstdlib>

#include "monitor/settings.h"
#include "monitor/settings/spelling.h"
#include "monitor/settings/table.h"
#include "monitor/settings/yaml_file.h"

namespace zomg::monitor {
namespace {

using common::Error;
using common::Result;

Error unknown_key(const FileEntry& entry) {
  std::vector<std::string> keys;
  for (const SettingRow& row : settings_table()) keys.push_back(yaml_key(row));
  if (const auto meant = nearest_name(entry.key, keys)) {
    return common::error("no setting is named {}; did you mean {}?", entry.key, *meant);
  }
  return common::error("no setting is named {}; `zomg-ssh-gateway --help` lists them", entry.key);
}

/// The index of the row that the entry is for; an Error for none.
Result<std::size_t> row_of(const FileEntry& entry) {
  const auto table = settings_table();
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (yaml_key(table[i]) != entry.key) continue;
    if (entry.sequence && !kind::is_list(table[i].kind)) {
      return common::error("{}: takes one value, not a sequence", entry.key);
    }
    return i;
  }
  return unknown_key(entry);
}

void apply_file(SettingsReport& report, const std::string& path) {
  auto entries = read_yaml_file(path);
  if (!entries) return report.problems.push_back(entries.error());
  for (const FileEntry& entry : *entries) {
    const std::string place = fmt::format("{} line {}", path, entry.line);
    const auto index = row_of(entry);
    if (!index) {
      report.problems.push_back(index.error().with_context(place));
      continue;
    }
    if (entry.value.empty()) continue;
    auto set = kind::set(settings_table()[*index].kind, report.settings, entry.value);
    if (!set) {
      report.problems.push_back(set.error().with_context(entry.key).with_context(place));
      continue;
    }
    report.origins[*index] = {Origin::Source::kFile, entry.line};
  }
}

void apply_environment(SettingsReport& report, const Environment& environment) {
  const auto table = settings_table();
  for (std::size_t i = 0; i < table.size(); ++i) {
    const std::string variable(table[i].variable);
    // Set but empty is not set: a manifest cannot leave a variable out for one cluster only.
    const auto value = environment(variable);
    if (!value || value->empty()) continue;
    if (auto set = kind::set(table[i].kind, report.settings, *value); !set) {
      report.problems.push_back(set.error().with_context(variable));
      continue;
    }
    report.origins[i] = {Origin::Source::kEnvironment, 0};
  }
}

}  // namespace

std::optional<std::string> process_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe)
  if (value == nullptr) return std::nullopt;
  return value;
}

SettingsReport examine_settings(const Environment& environment) {
  SettingsReport report;
  report.origins.resize(settings_table().size());
  const auto file = environment("ZOMG_SSH_CONFIG");
  if (file && !file->empty()) apply_file(report, *file);
  apply_environment(report, environment);
  return report;
}

Result<Settings> read_settings(const Environment& environment) {
  SettingsReport report = examine_settings(environment);
  if (!report.problems.empty()) return report.problems.front();
  return std::move(report.settings);
}

}  // namespace zomg::monitor
