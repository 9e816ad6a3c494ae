#include "listener/connection/session/sftp_watch.h"

#include <algorithm>
#include <utility>

#include "common/base/limits.h"
#include "common/ssh/ssh_wire.h"

namespace zomg::connection {
namespace {

/// The first packets of client and server (draft-ietf-secsh-filexfer-02 §4): a length, a type, and
/// a version at least.
constexpr std::uint8_t kInitPacket = 1;
constexpr std::uint8_t kVersionPacket = 2;
constexpr std::size_t kHeadBytes = 5;
constexpr std::uint32_t kLeastLength = 5;

bool begins_packet(std::string_view head, std::uint8_t wanted) {
  common::WireReader reader(head);
  std::uint32_t length = 0;
  std::uint8_t type = 0;
  return reader.uint32(length) && reader.byte(type) && type == wanted && length >= kLeastLength &&
         length <= limits::kMaxSftpPacketBytes;
}

/// Every first packet has a NUL, which nobody types as a rule. A terminal with ISTRIP makes one of
/// 0x80.
bool has_nul(std::string_view bytes) {
  return std::any_of(bytes.begin(), bytes.end(), [](char byte) { return (byte & 0x7f) == 0; });
}

}  // namespace

SftpWatch::SftpWatch(bool asked_for, bool terminal, SftpObserver::Tell tell)
    : observer_(std::move(tell)),
      asked_for_(asked_for),
      terminal_(terminal),
      followed_(asked_for && !terminal) {}

void SftpWatch::take(std::string& head, std::string_view& bytes) {
  const std::string_view taken = bytes.substr(0, kHeadBytes - head.size());
  head += taken;
  bytes.remove_prefix(taken.size());
}

void SftpWatch::on_request_bytes(std::string_view bytes) {
  if (terminal_) {
    if (asked_for_ || has_nul(bytes)) observer_.give_up();
    return;
  }
  if (!followed_) {
    take(requests_, bytes);
    if (!begins_packet(requests_, kInitPacket)) return;
    followed_ = true;
    observer_.on_request_bytes(requests_);
    // What came before the client's first packet, and is none, is no answer to it.
    if (replies_.size() < kHeadBytes) observer_.on_reply_bytes(replies_);
  }
  observer_.on_request_bytes(bytes);
}

void SftpWatch::on_reply_bytes(std::string_view bytes) {
  if (terminal_) return;
  if (followed_) return observer_.on_reply_bytes(bytes);
  take(replies_, bytes);
  // Of a server that bears something else before the client's first packet.
  if (begins_packet(replies_, kVersionPacket)) observer_.give_up();
}

}  // namespace zomg::connection
