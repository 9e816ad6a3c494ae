#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "common/base/log.h"

namespace zomg::log {

/// A number in decimal, as text that lives as long as this.
class Digits {
 public:
  explicit Digits(std::uint64_t number);
  std::string_view text() const { return {digits_ + first_, sizeof(digits_) - first_}; }

 private:
  char digits_[20];
  std::size_t first_ = sizeof(digits_);
};

/// Logs a line that consists of `parts`, whatever the level is that is written: for a handler of a
/// signal, as it allocates nothing and takes no lock. `parts` are printable ASCII; what is over the
/// end is cut. False when the line was lost.
bool write_in_handler(Level level, std::initializer_list<std::string_view> parts);

}  // namespace zomg::log
