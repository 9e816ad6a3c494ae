#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <string_view>

namespace zomg::connection {

/// Counts the bytes of an sftp session's requests that its server has not answered yet, for that is
/// what it has to hold: OpenSSH's reads 16 KiB a turn, answers one request, and moves all others, so
/// that a client of many small requests has it move more and more.
/// Whatever is no sftp is not held back.
class SftpFlow {
 public:
  static constexpr std::size_t kUnlimited = std::numeric_limits<std::size_t>::max();
  /// Sixteen requests of OpenSSH's client, which keep its server busy, or 128 of PuTTY's, which that
  /// moves at memory's speed.
  static constexpr std::size_t kMostBytes = 512 * 1024;

  /// How many requests have no answer yet.
  std::size_t unanswered() const { return unanswered_.size(); }
  /// How much more the server may be given. A request that has begun may be given to its end.
  std::size_t room() const;
  /// Bytes that the server was given.
  void on_request_bytes(std::string_view bytes);
  /// Bytes that it answered. Each answer counts for the oldest request: whose it is does not matter
  /// to the sum for long.
  void on_reply_bytes(std::string_view bytes);

 private:
  /// Follows one direction from packet to packet (draft-ietf-secsh-filexfer-02 §3).
  struct Direction {
    std::uint32_t length = 0;    ///< of the packet, as far as its first four bytes are there
    std::size_t length_got = 0;  ///< how many of these are
    std::size_t rest = 0;        ///< what is to come of the packet after them

    /// The size of the packet that ends here; 0 when none does.
    std::size_t take(std::string_view& bytes);
    bool is_between_packets() const { return length_got == 0; }
  };

  std::size_t rest_of_request() const;

  Direction requests_;
  Direction replies_;
  std::deque<std::uint32_t> unanswered_;
  std::size_t unanswered_bytes_ = 0;  ///< of these, and of the request that has begun
  bool followed_ = true;
};

}  // namespace zomg::connection
