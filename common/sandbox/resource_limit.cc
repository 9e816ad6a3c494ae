#include "common/sandbox/resource_limit.h"

namespace zomg::sandbox {

common::Result<void> limit(__rlimit_resource_t resource, rlim_t value) {
#ifdef ZOMG_SANITIZED
  if (resource == RLIMIT_NPROC) return {};  // LeakSanitizer looks from a thread of its own
#endif
  const rlimit both{value, value};
  if (::setrlimit(resource, &both) != 0) return common::errno_error("setrlimit");
  return {};
}

}  // namespace zomg::sandbox
