#pragma once

#include <list>
#include <mutex>
#include <string>

#include "common/base/fd.h"
#include "common/base/result.h"

namespace zomg::resolver {

/// A container's seccomp filter, as seccomp(2) takes it.
struct SeccompFilter {
  common::Fd program;       ///< sealed memfd of struct sock_filter
  std::uint32_t flags = 0;  ///< SECCOMP_FILTER_FLAG_…
};

/// Compiled profiles by their JSON text, the limits::kMaxSeccompFilters used last. For many
/// threads.
class SeccompFilterCache {
 public:
  /// The filter of `profile`, compiled now or before.
  common::Result<SeccompFilter> get(const std::string& profile);

 private:
  struct Entry {
    std::string profile;
    SeccompFilter filter;
  };

  std::mutex mutex_;
  std::list<Entry> entries_;  ///< used last comes first
};

}  // namespace zomg::resolver
