#include "monitor/files/file_answer.h"

#include <algorithm>

namespace zomg::monitor {

using common::Result;

Result<bool> FileAnswerReader::take(const ipc::Packet& packet) {
  if (missing_ > 0) return take_part(packet);
  const auto said = ipc::decode<messages::FileAnswer>(packet);
  if (!said) return said.error();
  const bool failed = !said->error.value.empty();
  if (said->bytes > (opens_ || failed ? 0 : max_bytes_)) {
    return common::error("a file's answer of {} bytes", said->bytes);
  }
  missing_ = said->bytes;
  asked_ = said->asked;
  if (failed) {
    answer_ = common::Error{said->error.value, static_cast<int>(said->errno_value)};
  } else {
    answer_ = FileAnswer{};
  }
  return missing_ == 0;
}

Result<bool> FileAnswerReader::take_part(const ipc::Packet& packet) {
  const auto part = ipc::decode<messages::FilePart>(packet);
  if (!part) return part.error();
  const std::size_t size = part->bytes.value.size();
  // No more packets than it takes.
  if (size != std::min<std::uint64_t>(missing_, messages::kFilePartBytes)) {
    return common::error("a part of a file that is none");
  }
  answer_->contents += part->bytes.value;
  missing_ -= size;
  return missing_ == 0;
}

}  // namespace zomg::monitor
