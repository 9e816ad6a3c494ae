#pragma once

#include <termios.h>

#include <string_view>

namespace zomg::connection {

/// Changes `settings` as the encoded terminal modes of a pty-req say (RFC 4254 §8, RFC 8160 for
/// IUTF8). Modes that Linux does not have are skipped, as are opcodes without a meaning; opcodes
/// from 160 on end the list. False when the encoding is cut short; what came before it is applied.
bool apply_terminal_modes(std::string_view encoded, termios& settings);

}  // namespace zomg::connection
