#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace zomg::connection {

/// Cuts one direction of an sftp stream into packets (draft-ietf-secsh-filexfer-02 §3: a length,
/// and so many bytes), of which it keeps the beginning only: what names files, and not their bytes.
class SftpPackets {
 public:
  /// A packet: its first bytes, at most limits::kMaxSftpHeadBytes, and its full length.
  struct Packet {
    std::string_view head;
    std::uint32_t length = 0;
  };

  /// Feeds what came, and calls `on_packet` for each packet whose kept part is whole. False, from
  /// then on for ever, when the stream is none of sftp.
  template <typename OnPacket>
  bool feed(std::string_view bytes, OnPacket on_packet) {
    while (!lost_ && !bytes.empty()) {
      bytes.remove_prefix(take(bytes));
      if (!complete()) continue;
      on_packet(Packet{std::string_view(head_).substr(kLengthBytes), length_});
      begin_skipping();
    }
    return !lost_;
  }

 private:
  static constexpr std::size_t kLengthBytes = 4;

  std::size_t take(std::string_view bytes);
  bool complete() const;
  void begin_skipping();

  std::string head_;  ///< length and head
  std::uint32_t length_ = 0;
  std::uint32_t skip_ = 0;
  bool lost_ = false;
};

}  // namespace zomg::connection
