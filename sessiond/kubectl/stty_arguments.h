#pragma once

#include <termios.h>

#include <string>
#include <vector>

namespace zomg::kubectl {

/// The modes of a terminal as arguments of stty(1). Each string is for a call of its own: where
/// stty knows one word less (busybox), the others still count.
std::vector<std::string> stty_arguments(const termios& modes);

}  // namespace zomg::kubectl
