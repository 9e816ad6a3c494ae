#pragma once

#include <sys/resource.h>

#include "common/result.h"

namespace zomg::sandbox {

/// Sets the soft and the hard limit of `resource` to `value`, in its unit (setrlimit(2)).
common::Result<void> limit(__rlimit_resource_t resource, rlim_t value);

}  // namespace zomg::sandbox
