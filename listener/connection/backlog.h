#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace zomg::connection {

/// Bytes that wait, first in, first out. Holds memory only while there are any.
class Backlog {
 public:
  bool empty() const { return begin_ == bytes_.size(); }
  std::string_view view() const { return std::string_view(bytes_).substr(begin_); }

  void append(std::string_view bytes) {
    // Moves what is left to the front only when that is the smaller part.
    if (begin_ > bytes_.size() / 2) {
      bytes_.erase(0, begin_);
      begin_ = 0;
    }
    bytes_ += bytes;
  }
  void remove(std::size_t count) {
    begin_ += count;
    if (!empty()) return;
    bytes_ = std::string();
    begin_ = 0;
  }

 private:
  std::string bytes_;
  std::size_t begin_ = 0;
};

}  // namespace zomg::connection
