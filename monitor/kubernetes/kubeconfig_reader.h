#pragma once

#include <string>

#include "common/result.h"
#include "common/sandbox/identity.h"
#include "monitor/kubernetes/kubeconfig.h"

namespace zomg::kubernetes {

/// As parse_kubeconfig(), of the file `path` that `text` was read from, in a process that is forked
/// for it, runs as `account` and can do nothing but answer: that yaml-cpp loses its way in a broken
/// file costs that process only. What is wrong with the file it says to the log itself.
common::Result<Kubeconfig> parse_kubeconfig_apart(const std::string& text, const std::string& path,
                                                  const sandbox::Account& account);

}  // namespace zomg::kubernetes
