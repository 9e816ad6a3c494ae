#pragma once

#include <string>
#include <string_view>

#include "common/result.h"

namespace zomg::common {

/// The SSH user name `<project>--<box>`. Both halves are Kubernetes label values: 1 to 63
/// characters of [A-Za-z0-9._-] that begin and end with a letter or digit.
struct LoginName {
  std::string project;
  std::string box;

  bool operator==(const LoginName&) const = default;
};

/// Splits at the first `--`. The Error says which half is wrong.
Result<LoginName> parse_login_name(std::string_view name);

}  // namespace zomg::common
