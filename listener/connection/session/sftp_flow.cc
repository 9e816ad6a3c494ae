#include "listener/connection/session/sftp_flow.h"

#include <algorithm>
#include <utility>

#include "common/base/limits.h"

namespace zomg::connection {
namespace {

constexpr std::size_t kLengthBytes = 4;
/// As many as there can be while the server is held to what it may be given.
constexpr std::size_t kMostRequests = SftpFlow::kMostBytes / kLengthBytes;

}  // namespace

std::size_t SftpFlow::Direction::take(std::string_view& bytes) {
  while (length_got < kLengthBytes && !bytes.empty()) {
    length = length << 8 | static_cast<std::uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    if (++length_got == kLengthBytes) rest = length;
  }
  const std::size_t taken = std::min(rest, bytes.size());
  bytes.remove_prefix(taken);
  rest -= taken;
  if (length_got < kLengthBytes || rest > 0) return 0;
  length_got = 0;
  return kLengthBytes + std::exchange(length, 0);
}

std::size_t SftpFlow::rest_of_request() const {
  if (requests_.is_between_packets()) return 0;
  return kLengthBytes - requests_.length_got + requests_.rest;
}

std::size_t SftpFlow::room() const {
  if (!followed_) return kUnlimited;
  return std::max(kMostBytes - std::min(kMostBytes, unanswered_bytes_), rest_of_request());
}

void SftpFlow::on_request_bytes(std::string_view bytes) {
  while (followed_ && !bytes.empty()) {
    const std::size_t before = bytes.size();
    const std::size_t size = requests_.take(bytes);
    unanswered_bytes_ += before - bytes.size();
    if (size > 0) unanswered_.push_back(static_cast<std::uint32_t>(size));
    followed_ =
        requests_.length <= limits::kMaxSftpPacketBytes && unanswered_.size() <= kMostRequests;
  }
  if (!followed_) unanswered_ = {};
}

void SftpFlow::on_reply_bytes(std::string_view bytes) {
  while (followed_ && !bytes.empty()) {
    if (replies_.take(bytes) == 0 || unanswered_.empty()) continue;
    unanswered_bytes_ -= unanswered_.front();
    unanswered_.pop_front();
  }
}

}  // namespace zomg::connection
