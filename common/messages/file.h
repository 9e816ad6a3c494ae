#pragma once

#include "common/ipc/message.h"
#include "common/limits.h"

/// monitor ↔ zomg-ssh-file-reader, on the latter's fd 3.
namespace zomg::messages {

enum class FileMessage : std::uint32_t { kFileOrder, kReadFileNow, kFileAnswer, kFileLooked };

enum class FileTask : std::uint32_t {
  kRead,           ///< tell its contents, and end
  kOpenForAppend,  ///< open it, make it where there is none, hand it over, and end
  kWatch,          ///< tell its contents, and again whenever they have changed
  kMaxValue = kWatch
};

/// monitor → reader, the first packet: what to do with which file.
struct FileOrder {
  static constexpr auto kType = FileMessage::kFileOrder;
  FileTask task = FileTask::kRead;
  ipc::Bytes<limits::kMaxPathBytes> path;
  std::uint64_t max_bytes = 0;
  /// Of a file that is watched: whether it is told as soon as it has changed, or once it did not
  /// change any more between two looks.
  bool at_once = false;
  /// Whether the contents are told only where others could not have written them
  /// (ZOMG_SSH_STRICT_MODES).
  bool strict_modes = true;
  static auto fields(auto& self) {
    return std::tie(self.task, self.path, self.max_bytes, self.at_once, self.strict_modes);
  }
};

/// monitor → reader of a file that is watched: to tell its contents, whether they have changed or not.
struct ReadFileNow {
  static constexpr auto kType = FileMessage::kReadFileNow;
  std::uint8_t reserved = 0;
  static auto fields(auto& self) { return std::tie(self.reserved); }
};

/// reader → monitor. Carries one descriptor: the contents in a sealed memfd, or the file that was
/// opened; none where `error` says why there is none.
struct FileAnswer {
  static constexpr auto kType = FileMessage::kFileAnswer;
  /// It answers a ReadFileNow.
  bool asked = false;
  std::uint32_t errno_value = 0;
  ipc::Bytes<2 * limits::kMaxPathBytes> error;
  static auto fields(auto& self) { return std::tie(self.asked, self.errno_value, self.error); }
};

/// reader → monitor, from time to time: it looked at the file that it watches.
struct FileLooked {
  static constexpr auto kType = FileMessage::kFileLooked;
  std::uint8_t reserved = 0;
  static auto fields(auto& self) { return std::tie(self.reserved); }
};

}  // namespace zomg::messages
