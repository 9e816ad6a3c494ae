#include "monitor/settings/yaml_file.h"

#include <set>

#include <yaml-cpp/yaml.h>

#include "common/limits.h"

namespace zomg::monitor {
namespace {

using common::Result;

Result<std::string> join_items(const YAML::Node& sequence) {
  std::string text;
  for (const YAML::Node& item : sequence) {
    if (!item.IsScalar()) return common::error("an item that is not a single value");
    const auto value = item.as<std::string>();
    if (value.empty() || value.find(',') != std::string::npos) {
      return common::error("an item that is empty or has a comma in it");
    }
    text += (text.empty() ? "" : ",") + value;
  }
  return text;
}

Result<FileEntry> read_entry(const YAML::Node& key, const YAML::Node& value) {
  if (!key.IsScalar()) return common::error("a key that is not a name");
  FileEntry entry{.key = key.as<std::string>(), .value = {}, .line = key.Mark().line + 1};
  if (value.IsNull()) return entry;
  if (value.IsMap()) return common::error("{}: takes a value, not a mapping", entry.key);
  if (value.IsScalar()) {
    entry.value = value.as<std::string>();
    return entry;
  }
  auto items = join_items(value);
  if (!items) return items.error().with_context(entry.key);
  entry.value = std::move(*items);
  entry.sequence = true;
  return entry;
}

Result<std::vector<FileEntry>> read_document(const YAML::Node& document, const std::string& path) {
  std::vector<FileEntry> entries;
  if (document.IsNull()) return entries;
  if (!document.IsMap()) return common::error("{}: not a mapping of settings", path);
  std::set<std::string> seen;
  for (const auto& pair : document) {
    const std::string place = fmt::format("{} line {}", path, pair.first.Mark().line + 1);
    auto entry = read_entry(pair.first, pair.second);
    if (!entry) return entry.error().with_context(place);
    if (!seen.insert(entry->key).second) {
      return common::error("{}: {}: stands here a second time", place, entry->key);
    }
    entries.push_back(std::move(*entry));
  }
  return entries;
}

}  // namespace

Result<std::vector<FileEntry>> read_yaml_file(const std::string& path) {
  try {
    return read_document(YAML::LoadFile(path), path);
  } catch (const YAML::BadFile&) {
    return common::error("{}: cannot be read (ZOMG_SSH_CONFIG names it)", path);
  } catch (const YAML::Exception& exception) {
    return common::error("{} line {}: {}", path, exception.mark.line + 1, exception.msg);
  }
}

}  // namespace zomg::monitor
