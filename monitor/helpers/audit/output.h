#pragma once

#include <string_view>

#include "common/base/fd.h"

namespace zomg::audit {

/// Where the lines go. A line that cannot be written is counted, and the log says so once until
/// one can be written again.
class Output {
 public:
  explicit Output(common::Fd file = {}) : file_(std::move(file)) {}

  /// Writes `line` and a line end, with one write(2) as far as the file takes it. Blocks where the
  /// file does.
  void write_line(std::string_view line);

 private:
  bool write_all(std::string_view bytes);

  common::Fd file_;
  bool torn_ = false;
  std::uint64_t lost_ = 0;
};

}  // namespace zomg::audit
