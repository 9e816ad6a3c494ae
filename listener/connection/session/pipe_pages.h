#pragma once

#include <cstddef>
#include <deque>

namespace zomg::connection {

/// How many pages of memory what waits in a pipe takes at most: what is left of a write(2) after whole pages
/// has a page, which the pipe's reader can keep other bytes out of. Never too few, and often too many.
class PipePages {
 public:
  static constexpr std::size_t kPageBytes = 4096;

  void on_write(std::size_t bytes) {
    if (bytes == 0) return;
    const std::size_t pages = (bytes + kPageBytes - 1) / kPageBytes;
    // Those after so many count until the last of them is read.
    if (writes_.size() < kMostWrites) writes_.push_back({});
    writes_.back().bytes += bytes;
    writes_.back().pages += pages;
    bytes_ += bytes;
    pages_ += pages;
  }
  /// When `waiting` bytes are in the pipe: those that were written last.
  std::size_t count(std::size_t waiting) {
    while (!writes_.empty() && bytes_ - writes_.front().bytes >= waiting) {
      bytes_ -= writes_.front().bytes;
      pages_ -= writes_.front().pages;
      writes_.pop_front();
    }
    return pages_;
  }

 private:
  /// More than there are pages in a pipe that is made for limits::kInputPipeBytes.
  static constexpr std::size_t kMostWrites = 128;

  struct Write {
    std::size_t bytes = 0;
    std::size_t pages = 0;
  };

  std::deque<Write> writes_;
  std::size_t bytes_ = 0;  ///< of these, as `pages_`
  std::size_t pages_ = 0;
};

}  // namespace zomg::connection
