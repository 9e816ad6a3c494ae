#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"

namespace zomg::common {

/// The SSH user name `<project>--<box>`, or `<project>--<box>+<container>`. Both halves are
/// Kubernetes label values: 1 to 63 characters of [A-Za-z0-9._-] that begin and end with a letter
/// or digit. No label has a `+`.
struct LoginName {
  std::string project;
  std::string box;
  /// The container of the box that the user chose; empty: the box's own rules choose.
  std::string container;

  /// `<project>--<box>`: what a key's or a certificate's restriction is about, whatever container is
  /// chosen.
  std::string box_name() const;
  /// The whole name, as it was parsed.
  std::string text() const;

  bool operator==(const LoginName&) const = default;
};

/// `<project>--<box>`.
std::string box_name(std::string_view project, std::string_view box);

/// Splits at the first `+`, then at the first `--`. The Error says which part is wrong.
Result<LoginName> parse_login_name(std::string_view name);

/// Whether this is the name of a container: an RFC 1123 label, 1 to 63 characters of [a-z0-9-] that
/// begin and end with a letter or digit.
bool is_container_name(std::string_view name);

}  // namespace zomg::common
