#pragma once

#include <string>

namespace zomg::lookup {

/// What a user asks for: both halves of the login name, as the labels of a pod.
struct BoxName {
  std::string project;
  std::string box;
  bool operator==(const BoxName&) const = default;
};

}  // namespace zomg::lookup
