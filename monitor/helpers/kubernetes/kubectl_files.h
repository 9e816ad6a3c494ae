#pragma once

#include <string>
#include <vector>

#include "monitor/helpers/kubernetes/credentials.h"

namespace zomg::kubernetes {

/// The two files that kubectl needs to reach the same server in the same name: a hosts(5) file with
/// the addresses that were found, NUL, and a kubeconfig with everything in it.
std::string kubectl_files(const Credentials& credentials,
                          const std::vector<std::string>& addresses);

}  // namespace zomg::kubernetes
