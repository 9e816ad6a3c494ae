#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <utility>

namespace zomg::kubectl {

/// Takes the log lines of one process out of a stream that others write to as well: what klog, the log
/// of Kubernetes' programs, puts before its text has the process's pid in it.
///
///   E1128 10:00:00.000000    1234 v2.go:130] …
class KlogFilter {
 public:
  explicit KlogFilter(pid_t pid) : pid_(std::to_string(pid)) {}

  /// Takes bytes and returns those that are of no such line. A few may be kept back until it is clear
  /// whether they begin one.
  std::string take(std::string_view bytes);
  bool holds_back() const { return !pending_.empty(); }
  /// Gives out what was kept back.
  std::string release() { return std::exchange(pending_, {}); }
  /// The lines since the last call.
  std::string take_log() { return std::exchange(log_, {}); }

 private:
  std::string pid_;
  std::string pending_;
  std::string log_;
  bool in_line_ = false;
};

}  // namespace zomg::kubectl
