#pragma once

#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/messages/connection.h"
#include "monitor/base/address_list.h"
#include "monitor/base/pattern_list.h"

namespace zomg::monitor {

/// What a line of authorized_keys says about its key, or a certificate about itself.
struct KeyOptions {
  bool terminal_permitted = true;
  /// For FIDO keys (PROTOCOL.u2f).
  bool touch_required = true;
  bool verification_required = false;
  /// The key signs certificates, and does not log in itself.
  bool certificate_authority = false;
  /// Its sessions with a terminal are recorded.
  bool record = false;
  /// Runs in the place of whatever the client asks for.
  std::optional<std::string> forced_command;
  messages::Environment environment;
  std::optional<AddressList> from;
  /// The last second in which the key is good.
  std::optional<std::time_t> expires;
  /// Of a certificate authority: the certificate must name one of these, rather than the login
  /// name.
  std::optional<std::vector<std::string>> principals;
  /// Patterns over the login name, `<project>--<box>`.
  std::optional<PatternList> boxes;
};

/// Reads the options field of a line (sshd(8) AUTHORIZED_KEYS FILE FORMAT, and `boxes="…"` and
/// `record` of our own). An Error for an option that is not understood: none may be passed over, as
/// most narrow what a key may do.
common::Result<KeyOptions> parse_key_options(std::string_view text);

/// Who wants in, from where, and when.
struct LoginAttempt {
  /// LoginName::box_name(): no choice of a container passes a restriction over.
  std::string_view box_name;
  std::string_view client_address;
  std::time_t now = 0;
};

/// Whether the options let this attempt in. The Error says which does not.
common::Result<void> permit(const KeyOptions& options, const LoginAttempt& attempt);

}  // namespace zomg::monitor
