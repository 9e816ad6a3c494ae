#pragma once

#include <sys/resource.h>

#include "common/base/result.h"

namespace zomg::sandbox {

/// Lowers the soft and the hard limit of `resource` to `value`, in its unit (setrlimit(2)). A hard
/// limit that is lower stays: to raise one takes a capability that a gateway need not have.
common::Result<void> limit(__rlimit_resource_t resource, rlim_t value);

}  // namespace zomg::sandbox
