#pragma once

#include <sys/ioctl.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace zomg::recorder {

/// Since the recording began.
using Moment = std::chrono::microseconds;

/// The lines of one asciicast v2 file (asciinema's file format), each with its line end.
class Asciicast {
 public:
  /// `unix_time`: when the recording began, in seconds.
  static std::string header(const winsize& size, std::uint64_t unix_time, std::string_view title);

  /// What the terminal was sent. A character whose bytes are not all there yet is kept for the next
  /// line; empty when nothing is left. Bytes that are not UTF-8 become U+FFFD.
  std::string output(Moment moment, std::string_view bytes);
  /// What was kept, at the end.
  std::string rest(Moment moment);
  static std::string resize(Moment moment, const winsize& size);

 private:
  std::string kept_;
};

}  // namespace zomg::recorder
