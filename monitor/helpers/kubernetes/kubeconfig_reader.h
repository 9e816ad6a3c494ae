#pragma once

#include <vector>

#include "common/base/result.h"
#include "common/sandbox/identity.h"
#include "monitor/helpers/kubernetes/kubeconfig.h"

namespace zomg::kubernetes {

/// As parse_kubeconfig(), in a process that is forked for it and in enter_kubeconfig_sandbox(): that
/// yaml-cpp loses its way in a broken file costs that process only. What is wrong with a file it says
/// to the log itself.
common::Result<Kubeconfig> parse_kubeconfig_apart(const std::vector<KubeconfigFile>& files,
                                                  const sandbox::Account& account);

}  // namespace zomg::kubernetes
