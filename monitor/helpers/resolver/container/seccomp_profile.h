#pragma once

#include <seccomp.h>

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "common/base/result.h"

namespace zomg::resolver {

/// One element of `syscalls` of an OCI seccomp profile.
struct SeccompRule {
  std::vector<std::string> names;
  std::uint32_t action = 0;  ///< SCMP_ACT_…, with its errno or trace message
  std::vector<scmp_arg_cmp> arguments;
};

/// A seccomp profile as the runtime was given it, capabilities and architectures resolved
/// (OCI runtime-spec config-linux.md "Seccomp"), in libseccomp's terms.
struct SeccompProfile {
  std::uint32_t default_action = 0;
  std::vector<std::uint32_t> architectures;  ///< SCMP_ARCH_…, beside the native one
  std::uint32_t flags = 0;                   ///< SECCOMP_FILTER_FLAG_…, those of kSeccompFlags
  std::vector<SeccompRule> rules;
};

/// Reads `runtimeSpec.linux.seccomp`. An Error for a shape, action, architecture, operator or flag
/// that the specification does not know: a profile that is not understood must not become a weaker
/// one.
common::Result<SeccompProfile> parse_seccomp_profile(const nlohmann::json& profile);

}  // namespace zomg::resolver
