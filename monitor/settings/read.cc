#include <algorithm>
#include <array>
#include <cstdlib>

#include "common/base/quoted.h"
#include "monitor/settings/settings.h"
#include "monitor/settings/spelling.h"
#include "monitor/settings/table.h"

namespace zomg::monitor {
namespace {

using common::Error;
using common::Result;
using messages::FileSetting;
using messages::SettingsFile;

Error unknown_key(const FileSetting& entry) {
  std::vector<std::string> keys;
  for (const SettingRow& row : settings_table()) keys.push_back(yaml_key(row));
  if (const auto meant = nearest_name(entry.key.value, keys)) {
    return common::error("no setting is named {}; did you mean {}?", common::quoted(entry.key),
                         *meant);
  }
  return common::error("no setting is named {}; `zomg-ssh-gateway --help` lists them",
                       common::quoted(entry.key));
}

/// The index of the row that the entry is for; an Error for none.
Result<std::size_t> row_of(const FileSetting& entry) {
  const auto table = settings_table();
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (yaml_key(table[i]) != entry.key.value) continue;
    if (entry.sequence && !kind::is_list(table[i].kind)) {
      return common::error("{}: takes one value, not a sequence", common::quoted(entry.key));
    }
    return i;
  }
  return unknown_key(entry);
}

/// In the order of messages::SettingsFileProblem.
constexpr std::array<std::string_view,
                     static_cast<std::size_t>(messages::SettingsFileProblem::kMaxValue) + 1>
    kFileProblems{
        "",
        "not YAML",
        "not a mapping of settings",
        "a key that is not a name",
        "takes a value, not a mapping",
        "an item that is not a single value, or is empty, or has a comma in it",
        "stands here a second time",
        "is too long",
    };

Error problem_with(const SettingsFile& file, const std::string& path) {
  Error problem{std::string(kFileProblems.at(static_cast<std::size_t>(file.problem)))};
  if (!file.problem_key.value.empty())
    problem = problem.with_context(common::quoted(file.problem_key));
  return problem.with_context(fmt::format("{} line {}", common::quoted(path), file.problem_line));
}

void apply_file(SettingsReport& report, const std::string& path, const FileReader& read_file) {
  auto file = read_file(path);
  if (!file) return report.problems.push_back(file.error());
  if (file->problem != messages::SettingsFileProblem::kNone) {
    return report.problems.push_back(problem_with(*file, path));
  }
  for (const FileSetting& entry : file->settings.value) {
    const std::string place = fmt::format("{} line {}", common::quoted(path), entry.line);
    const auto index = row_of(entry);
    if (!index) {
      report.problems.push_back(index.error().with_context(place));
      continue;
    }
    if (entry.value.value.empty()) continue;
    auto set = kind::set(settings_table()[*index].kind, report.settings, entry.value.value);
    if (!set) {
      report.problems.push_back(
          set.error().with_context(common::quoted(entry.key)).with_context(place));
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

SettingsReport examine_settings(const Environment& environment, const FileReader& read_file) {
  SettingsReport report;
  report.origins.resize(settings_table().size());
  const auto file = environment("ZOMG_SSH_CONFIG");
  if (file && !file->empty()) apply_file(report, *file, read_file);
  apply_environment(report, environment);
  return report;
}

Result<Settings> read_settings(const Environment& environment, const FileReader& read_file) {
  SettingsReport report = examine_settings(environment, read_file);
  if (!report.problems.empty()) return report.problems.front();
  return std::move(report.settings);
}

std::vector<UnknownVariable> unknown_variables(const std::vector<std::string>& variables) {
  // Kubernetes sets variables of this kind for a service named zomg-ssh-gateway.
  constexpr std::string_view kServicePrefix = "ZOMG_SSH_GATEWAY_";
  std::vector<std::string> known{"ZOMG_SSH_CONFIG"};
  for (const SettingRow& row : settings_table()) known.emplace_back(row.variable);
  std::vector<UnknownVariable> unknown;
  for (const std::string& variable : variables) {
    if (!variable.starts_with("ZOMG_SSH_") || variable.starts_with(kServicePrefix)) continue;
    if (std::find(known.begin(), known.end(), variable) != known.end()) continue;
    unknown.push_back({variable, nearest_name(variable, known)});
  }
  return unknown;
}

}  // namespace zomg::monitor
