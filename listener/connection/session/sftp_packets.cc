#include "listener/connection/session/sftp_packets.h"

#include <algorithm>

#include "common/base/limits.h"
#include "common/ssh/ssh_wire.h"

namespace zomg::connection {

std::size_t SftpPackets::take(std::string_view bytes) {
  if (skip_ > 0) {
    const std::size_t skipped = std::min<std::size_t>(skip_, bytes.size());
    skip_ -= static_cast<std::uint32_t>(skipped);
    return skipped;
  }
  const std::size_t wanted =
      head_.size() < kLengthBytes
          ? kLengthBytes
          : kLengthBytes + std::min<std::size_t>(length_, limits::kMaxSftpHeadBytes);
  const std::string_view taken = bytes.substr(0, wanted - head_.size());
  head_ += taken;
  if (head_.size() == kLengthBytes && wanted == kLengthBytes) {
    common::WireReader reader(head_);
    lost_ = !reader.uint32(length_) || length_ == 0 || length_ > limits::kMaxSftpPacketBytes;
  }
  return taken.size();
}

bool SftpPackets::complete() const {
  return !lost_ && head_.size() > kLengthBytes &&
         head_.size() == kLengthBytes + std::min<std::size_t>(length_, limits::kMaxSftpHeadBytes);
}

void SftpPackets::begin_skipping() {
  skip_ = length_ - static_cast<std::uint32_t>(head_.size() - kLengthBytes);
  head_.clear();
  length_ = 0;
}

}  // namespace zomg::connection
