#pragma once

#include <termios.h>

#include <string>
#include <string_view>

#include "common/messages/session.h"

struct winsize;

namespace zomg::kubectl {

/// By what the gateway knows the words of session.sh among everything else on the same stream: two
/// halves of random hexadecimal digits, which travel on lines of their own, so that a terminal's
/// echo of them is not the mark.
struct Mark {
  std::string first;
  std::string second;
  /// With a control character before it that hardly any output ends with: what may begin a mark is
  /// kept back.
  std::string text() const { return "\x1e" + plain(); }
  /// What session.sh waits for in the end.
  std::string plain() const { return first + "-" + second; }

  static Mark make();
};

/// `text` in printable ASCII, as printf(1) %b takes it back.
std::string printf_encoded(std::string_view text);

/// How a header ends: what follows is the client's input; or there is none, and stdin is left to the
/// gateway.
inline constexpr std::string_view kInputFollows = ".\n";
inline constexpr std::string_view kNoInput = ",\n";

/// What session.sh reads before the user's program starts, but for the end. `modes` and `size` are those of the
/// client's terminal, null without one. No line is longer than a terminal takes (4095 bytes).
std::string session_header(const Mark& mark, const messages::SessionPlan& plan,
                           std::string_view chroot_directory, const messages::BoxUser& user,
                           const termios* modes, const winsize* size);

}  // namespace zomg::kubectl
