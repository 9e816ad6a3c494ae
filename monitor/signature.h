#pragma once

#include <string_view>

#include "common/result.h"
#include "monitor/public_key.h"

namespace zomg::monitor {

/// What a FIDO authenticator must have seen for its signature to count (PROTOCOL.u2f).
struct SecurityKeyPolicy {
  bool touch_required = true;
  bool verification_required = false;
};

/// Verifies that `signature` (string algorithm, string signature; for FIDO keys flags and counter
/// after them) is `key`'s over `data` by exactly `algorithm`. The Error says why not.
common::Result<void> verify_signature(const PublicKey& key, std::string_view algorithm,
                                      std::string_view signature, std::string_view data,
                                      const SecurityKeyPolicy& policy);

}  // namespace zomg::monitor
