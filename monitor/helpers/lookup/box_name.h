#pragma once

#include <string>

#include "common/ssh/login_name.h"

namespace zomg::lookup {

/// What a user asks for: both halves of the login name, as the labels of a pod.
struct BoxName {
  std::string project;
  std::string box;
  /// `<project>--<box>`, for the log.
  std::string text() const { return common::box_name(project, box); }
  bool operator==(const BoxName&) const = default;
};

}  // namespace zomg::lookup
