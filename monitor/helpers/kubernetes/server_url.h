#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"

namespace zomg::kubernetes {

/// The address of an API server: `https://host:port/path`.
struct ServerUrl {
  /// Without brackets.
  std::string host;
  std::string port;
  /// Empty, or begins with a slash and ends without one.
  std::string path;

  /// Host and port, an IPv6 address in brackets.
  std::string authority() const;
  std::string text() const { return "https://" + authority() + path; }
};

/// As kubectl reads it, but that anything but https is wrong. The Error says what is.
common::Result<ServerUrl> parse_server_url(std::string_view text);

/// Everything but RFC 3986's unreserved characters as %XX.
std::string percent_encoded(std::string_view text);

}  // namespace zomg::kubernetes
