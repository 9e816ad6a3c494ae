#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

namespace zomg::connection {

/// Bytes that wait, first in, first out. Holds memory only while there are any, and little more than
/// there are: a string that grows has twice as much.
class Backlog {
 public:
  bool empty() const { return pieces_.empty(); }
  /// The first of them; all only when they are few.
  std::string_view view() const {
    return empty() ? std::string_view() : std::string_view(pieces_.front()).substr(begin_);
  }

  void append(std::string_view bytes) {
    while (!bytes.empty()) {
      if (empty() || pieces_.back().size() == kPieceBytes) pieces_.emplace_back();
      std::string& last = pieces_.back();
      // A few bytes, as they are typed, are no reason for a whole piece.
      if (last.size() + bytes.size() > last.capacity()) {
        last.reserve(std::min(kPieceBytes, std::max(2 * last.size(), bytes.size())));
      }
      const std::string_view part = bytes.substr(0, kPieceBytes - last.size());
      last += part;
      bytes.remove_prefix(part.size());
    }
  }
  /// Takes away bytes of view().
  void remove(std::size_t count) {
    if (count == 0) return;
    begin_ += count;
    if (begin_ < pieces_.front().size()) return;
    pieces_.pop_front();
    begin_ = 0;
  }

 private:
  static constexpr std::size_t kPieceBytes = 64 * 1024;

  std::deque<std::string> pieces_;
  std::size_t begin_ = 0;  ///< in the first of them
};

}  // namespace zomg::connection
