#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "common/messages/keyring.h"

namespace zomg::keyring {

/// What came back of a request for a user's keys.
struct Answer {
  /// Why there was no answer to judge; the rest is empty then, but for `reason`.
  std::optional<messages::FetchFailure> failure;
  std::string reason;
  long status = 0;
  std::string etag;
  std::string body;
  /// The server's Retry-After; 0 when there is none.
  std::chrono::seconds retry_after{0};
};

/// What an answer says about a user's keys.
struct Verdict {
  enum class Kind {
    kKeys,       ///< `keys` are the user's, and no others
    kUnchanged,  ///< those of before are
    kFailed,     ///< nothing
  };
  Kind kind = Kind::kFailed;
  messages::KeyBlobs keys;
  messages::FetchFailure failure = messages::FetchFailure::kNetwork;
  std::string reason;  ///< of a failure, for the log
};

/// 200 with a list of keys, possibly empty, and 404 (no such user) tell the keys; 304 confirms
/// them, when `conditional`, that is, when the request named an entity tag. All else fails:
/// redirects too, so that nobody but the configured server tells keys.
Verdict judge(const Answer& answer, bool conditional);

/// Takes a header line of an answer and remembers what matters of it. An entity tag that is too
/// long, or has anything but visible characters, counts as none.
void take_header_line(std::string_view line, Answer& answer);

}  // namespace zomg::keyring
