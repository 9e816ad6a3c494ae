#pragma once

#include <string>

#include "common/ipc/channel.h"
#include "common/messages/file.h"

namespace zomg::monitor {

/// What zomg-ssh-file-reader said of a file: what it holds; nothing of one that it opened for others.
struct FileAnswer {
  std::string contents;
};

/// Puts its answers together from packets, of which none is trusted.
class FileAnswerReader {
 public:
  explicit FileAnswerReader(const messages::FileOrder& order)
      : opens_(order.task == messages::FileTask::kOpenForAppend), max_bytes_(order.max_bytes) {}

  /// Takes the next packet. True when the answer is whole; an Error is a breach of contract.
  common::Result<bool> take(const ipc::Packet& packet);
  /// Whether the one that is whole answers a ReadFileNow.
  bool asked() const { return asked_; }
  /// The one that is whole, or why there is no file.
  common::Result<FileAnswer> answer() { return std::move(answer_); }

 private:
  common::Result<bool> take_part(const ipc::Packet& packet);

  bool opens_;
  std::uint64_t max_bytes_;
  std::uint64_t missing_ = 0;
  bool asked_ = false;
  common::Result<FileAnswer> answer_{FileAnswer{}};
};

}  // namespace zomg::monitor
