#pragma once

#include <string_view>

#include "common/base/result.h"
#include "monitor/login/revocation_list.h"

namespace zomg::monitor {

/// Whether `bytes` begin as a key revocation list does.
bool is_krl(std::string_view bytes);

/// Reads a key revocation list (PROTOCOL.krl) as ssh-keygen(1) -k makes it. An Error for a section
/// that is not known, signatures included, which ssh-keygen cannot make.
common::Result<RevocationList> parse_krl(std::string_view bytes);

}  // namespace zomg::monitor
