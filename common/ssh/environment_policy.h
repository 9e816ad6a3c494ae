#pragma once

#include <string_view>

#include "common/messages/connection.h"

namespace zomg::common {

/// Whether a client may set this variable (sshd_config(5) AcceptEnv): LANG, LC_* and COLORTERM,
/// within the bounds of limits.h, without NUL.
bool may_set_variable(std::string_view name, std::string_view value);

/// Whether a client may set all of these, which also have a bound in all.
bool may_set_variables(const messages::Environment& environment);

/// Adds the variable to `environment`, or replaces its value. False when the policy refuses it or
/// there is no room.
bool set_variable(messages::Environment& environment, std::string_view name,
                  std::string_view value);

/// Adds those of `more` whose names are not in `environment`, as far as there is room.
void add_missing(messages::Environment& environment, const messages::Environment& more);

}  // namespace zomg::common
