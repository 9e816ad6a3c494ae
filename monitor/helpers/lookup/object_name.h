#pragma once

#include <string_view>

#include "common/base/result.h"

namespace zomg::lookup {

/// Whether this is the name of a Kubernetes object, bounded and of its alphabet (RFC 1123
/// subdomain), which cannot be taken for an option either.
common::Result<void> check_object_name(std::string_view name);

}  // namespace zomg::lookup
