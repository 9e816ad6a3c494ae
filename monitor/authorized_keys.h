#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/result.h"
#include "monitor/public_key.h"

namespace zomg::monitor {

/// One usable line of authorized_keys.
struct AuthorizedKey {
  std::string blob;
  /// Where it stands, for the log: `ZOMG_SSH_AUTHORIZED_KEYS line 3`.
  std::string source;
  std::string comment;
  bool terminal_permitted = true;
};

/// A line that cannot be used, and why.
struct RejectedLine {
  std::string source;
  std::string reason;
};

/// The keys that may log in, by their blob (sshd(8) AUTHORIZED_KEYS FILE FORMAT).
class AuthorizedKeys {
 public:
  /// Adds the keys of `text`. A line that cannot be read, or with an option that is not understood,
  /// adds nothing: an option never widens what a key may do. Of one key in two lines the first
  /// counts.
  std::vector<RejectedLine> add(std::string_view text, std::string_view source_name);

  /// The entry for a key blob, or null. The pointer outlives a later add().
  const AuthorizedKey* find(std::string_view blob) const;
  std::size_t size() const { return keys_.size(); }

 private:
  std::unordered_map<std::string, std::unique_ptr<const AuthorizedKey>> keys_;
};

}  // namespace zomg::monitor
