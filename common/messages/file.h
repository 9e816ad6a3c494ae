#pragma once

#include "common/base/limits.h"
#include "common/ipc/message.h"

/// monitor ↔ zomg-ssh-file-reader, on the latter's fd 3.
namespace zomg::messages {

enum class FileMessage : std::uint32_t {
  kFileOrder,
  kReadFileNow,
  kFileAnswer,
  kFileLooked,
  kFilePart,
};

enum class FileTask : std::uint32_t {
  kRead,           ///< tell its contents, and end
  kOpenForAppend,  ///< open it, make it where there is none, put it on the shelf of fd 0, and end
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
  static auto fields(auto& /*self*/) { return std::tie(); }
};

/// reader → monitor. Parts follow, of `bytes` in all; none where `error` says why, and where the file was
/// only to be opened.
///
/// Contents are no descriptor, for the kernel counts those on their way by user: root of a box could
/// have the reader tell nothing any more.
struct FileAnswer {
  static constexpr auto kType = FileMessage::kFileAnswer;
  /// It answers a ReadFileNow.
  bool asked = false;
  std::uint64_t bytes = 0;
  std::uint32_t errno_value = 0;
  ipc::Bytes<2 * limits::kMaxPathBytes> error;
  static auto fields(auto& self) {
    return std::tie(self.asked, self.bytes, self.errno_value, self.error);
  }
};

/// What a packet of a file's contents has; well below kMaxPacketBytes.
inline constexpr std::size_t kFilePartBytes = 128UL * 1024;

/// reader → monitor: the next of the bytes of a file.
struct FilePart {
  static constexpr auto kType = FileMessage::kFilePart;
  ipc::Bytes<kFilePartBytes> bytes;
  static auto fields(auto& self) { return std::tie(self.bytes); }
};

/// reader → monitor, from time to time: it looked at the file that it watches.
struct FileLooked {
  static constexpr auto kType = FileMessage::kFileLooked;
  static auto fields(auto& /*self*/) { return std::tie(); }
};

}  // namespace zomg::messages
