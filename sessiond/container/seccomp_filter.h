#pragma once

#include <linux/filter.h>

#include <cstdint>
#include <vector>

#include "common/base/result.h"

namespace zomg::sessiond {

/// The container's seccomp filter, as the resolver compiled it.
class SeccompFilter {
 public:
  /// Reads it from a memfd. An Error unless nobody can change that any more, it is a program of a
  /// size that the kernel takes, and `flags` are of those that a container's filter may have. What
  /// the program does is the kernel's to check (seccomp(2)).
  static common::Result<SeccompFilter> read(int memfd, std::uint32_t flags);

  /// Loads it, for good, into the calling process, which has no_new_privs or CAP_SYS_ADMIN. False
  /// with errno set. Async-signal-safe.
  bool load() const;

 private:
  SeccompFilter(std::vector<sock_filter> program, std::uint32_t flags)
      : program_(std::move(program)), flags_(flags) {}

  std::vector<sock_filter> program_;
  std::uint32_t flags_;
};

}  // namespace zomg::sessiond
