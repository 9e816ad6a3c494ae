#pragma once

#include "common/base/limits.h"
#include "common/ipc/message.h"

/// settings reader → monitor, as one byte string through a pipe: it may be larger than a packet.
namespace zomg::messages {

enum class SettingsMessage : std::uint32_t { kSettingsFile };

/// What is wrong with a settings file.
enum class SettingsFileProblem : std::uint32_t {
  kNone,
  kNotYaml,
  kNotAMapping,  ///< the document, or its root, is no mapping
  kNotAName,     ///< a key that is no single value, or is too long
  kNotAValue,    ///< a value that is a mapping
  kBadItem,      ///< an item of a sequence that is no single value, is empty, or has a comma
  kTwice,        ///< a key stands for the second time
  kTooLong,      ///< a value over its bound, or too many keys
  kMaxValue = kTooLong,
};

/// One `key: value` of the file.
struct FileSetting {
  ipc::Bytes<limits::kMaxNameBytes> key;
  /// The items of a sequence, joined by commas; empty for null.
  ipc::Bytes<limits::kMaxSettingBytes> value;
  bool sequence = false;
  std::uint32_t line = 0;
  static auto fields(auto& self) {
    return std::tie(self.key, self.value, self.sequence, self.line);
  }
  bool operator==(const FileSetting&) const = default;
};

/// All of the file, or the first thing that is wrong with it.
struct SettingsFile {
  static constexpr auto kType = SettingsMessage::kSettingsFile;
  SettingsFileProblem problem = SettingsFileProblem::kNone;
  /// Where the problem is; 0 and empty where that means nothing.
  std::uint32_t problem_line = 0;
  ipc::Bytes<limits::kMaxNameBytes> problem_key;
  ipc::List<FileSetting, limits::kMaxFileSettings> settings;
  static auto fields(auto& self) {
    return std::tie(self.problem, self.problem_line, self.problem_key, self.settings);
  }
};

}  // namespace zomg::messages
