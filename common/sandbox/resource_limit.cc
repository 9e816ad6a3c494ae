#include "common/sandbox/resource_limit.h"

#include <algorithm>

namespace zomg::sandbox {

common::Result<void> limit(__rlimit_resource_t resource, rlim_t value) {
#ifdef ZOMG_SANITIZED
  if (resource == RLIMIT_NPROC) return {};  // LeakSanitizer looks from a thread of its own
#endif
  rlimit now{};
  if (::getrlimit(resource, &now) != 0) return common::errno_error("getrlimit");
  const rlim_t bound = std::min(value, now.rlim_max);  // RLIM_INFINITY is the greatest
  const rlimit both{bound, bound};
  if (::setrlimit(resource, &both) != 0) return common::errno_error("setrlimit");
  return {};
}

}  // namespace zomg::sandbox
