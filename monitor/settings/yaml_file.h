#pragma once

#include <string>
#include <vector>

#include "common/result.h"

namespace zomg::monitor {

/// One `key: value` of the settings file.
struct FileEntry {
  std::string key;
  std::string value;  ///< items of a sequence joined by commas; empty for null
  bool sequence = false;
  int line = 0;
};

/// Reads a YAML file that is one mapping of names to single values or sequences of them. Whether
/// a key is one of ours is not checked here. The Error names the file and the line.
common::Result<std::vector<FileEntry>> read_yaml_file(const std::string& path);

}  // namespace zomg::monitor
