#pragma once

#include <linux/filter.h>

#include <cstdint>
#include <span>
#include <vector>

#include "common/base/result.h"
#include "common/sandbox/seccomp/seccomp.h"

namespace zomg::sandbox {

/// A seccomp filter that is made once, and loaded by processes that are forked later: to make one takes
/// longer than all else of their start. It is that of allow_only(), which kills for any other call.
class PreparedFilter {
 public:
  /// In a condition, the number that load() is told: arg(0) == kTold.
  static constexpr std::int64_t kTold = 0x746f6c64;

  /// Its conditions on the own process are on the one that loads it. There may be none on another.
  static common::Result<PreparedFilter> make(std::span<const SyscallSet> sets);

  /// As allow_only(), with `told` where kTold stands.
  common::Result<void> load(std::int32_t told) const;

  /// What a process loads that has the pid `own`.
  std::vector<sock_filter> program(pid_t own, std::int32_t told) const;

 private:
  explicit PreparedFilter(std::vector<sock_filter> draft) : draft_(std::move(draft)) {}

  std::vector<sock_filter> draft_;  ///< with marks in the place of the two numbers
};

}  // namespace zomg::sandbox
