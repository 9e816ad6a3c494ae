#include "monitor/helpers/settings_reader/yaml_mapping.h"

#include <set>

#include <yaml-cpp/yaml.h>

namespace zomg::settings_reader {
namespace {

using messages::FileSetting;
using messages::SettingsFile;
using Problem = messages::SettingsFileProblem;

std::uint32_t line_of(const YAML::Mark& mark) {
  return static_cast<std::uint32_t>(mark.line + 1);
}

Problem join_items(const YAML::Node& sequence, std::string& text) {
  for (const YAML::Node& item : sequence) {
    if (!item.IsScalar()) return Problem::kBadItem;
    const auto value = item.as<std::string>();
    if (value.empty() || value.find(',') != std::string::npos) return Problem::kBadItem;
    text += (text.empty() ? "" : ",") + value;
  }
  return Problem::kNone;
}

Problem read_value(const YAML::Node& node, FileSetting& setting) {
  if (node.IsNull()) return Problem::kNone;
  if (node.IsMap()) return Problem::kNotAValue;
  if (node.IsScalar()) {
    setting.value.value = node.as<std::string>();
  } else {
    setting.sequence = true;
    if (const Problem problem = join_items(node, setting.value.value); problem != Problem::kNone) {
      return problem;
    }
  }
  return setting.value.value.size() > limits::kMaxSettingBytes ? Problem::kTooLong : Problem::kNone;
}

SettingsFile broken(Problem problem, std::uint32_t line, std::string_view key = {}) {
  SettingsFile file;
  file.problem = problem;
  file.problem_line = line;
  file.problem_key = key;
  return file;
}

SettingsFile read_document(const YAML::Node& document) {
  SettingsFile file;
  if (document.IsNull()) return file;
  if (!document.IsMap()) return broken(Problem::kNotAMapping, line_of(document.Mark()));
  std::set<std::string> seen;
  for (const auto& pair : document) {
    const std::uint32_t line = line_of(pair.first.Mark());
    if (!pair.first.IsScalar()) return broken(Problem::kNotAName, line);
    FileSetting setting;
    setting.key.value = pair.first.as<std::string>();
    setting.line = line;
    const std::string& key = setting.key.value;
    if (key.size() > limits::kMaxNameBytes) return broken(Problem::kNotAName, line);
    if (!seen.insert(key).second) return broken(Problem::kTwice, line, key);
    const Problem problem = read_value(pair.second, setting);
    if (problem != Problem::kNone) return broken(problem, line, key);
    if (seen.size() > limits::kMaxFileSettings) return broken(Problem::kTooLong, line, key);
    file.settings.value.push_back(std::move(setting));
  }
  return file;
}

}  // namespace

SettingsFile read_yaml_mapping(const std::string& text) {
  try {
    return read_document(YAML::Load(text));
  } catch (const YAML::Exception& exception) {
    return broken(Problem::kNotYaml, line_of(exception.mark));
  }
}

}  // namespace zomg::settings_reader
