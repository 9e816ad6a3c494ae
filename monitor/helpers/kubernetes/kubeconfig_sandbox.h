#pragma once

#include "common/base/result.h"
#include "common/sandbox/identity.h"

namespace zomg::kubernetes {

/// Turns a forked process, for good, into `account`, which can compute, for some seconds and in some
/// memory, and write to the descriptors that it has.
common::Result<void> enter_kubeconfig_sandbox(const sandbox::Account& account);

}  // namespace zomg::kubernetes
