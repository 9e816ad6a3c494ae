#pragma once

#include <string_view>

namespace zomg::connection {

/// The number of signal(7) for a name of RFC 4254 §6.9, without SIG; 0 for any other name.
int signal_number(std::string_view name);

/// The name of RFC 4254 §6.10 for a signal, without SIG; `SIG@openssh.com`, as sshd(8) has it, for
/// one that the RFC does not name. NUL-terminated.
std::string_view signal_name(int number);

}  // namespace zomg::connection
