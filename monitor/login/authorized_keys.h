#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "monitor/login/key_options.h"

namespace zomg::monitor {

/// A key that may log in, or sign the certificates of those who do, as one source has it: one
/// usable line of authorized_keys.
struct AuthorizedKey {
  std::string blob;
  /// Where it stands, for the log: `ZOMG_SSH_AUTHORIZED_KEYS line 3`.
  std::string source;
  std::string comment;
  KeyOptions options;
  /// Who may have any number of keys: a GitHub user. Empty: nobody is known to.
  std::string owner;
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
  /// adds nothing.
  std::vector<RejectedLine> add(std::string_view text, std::string_view source_name);

  /// Adds a key; false when there is no room for it.
  bool add(AuthorizedKey key);

  /// Adds the keys of `other`, of one key after those that are here; false as with one key.
  bool add_all(const AuthorizedKeys& other);

  /// The entries of a key blob in the order in which they were added: the first whose options let
  /// an attempt in counts. Holds until the next add().
  std::span<const AuthorizedKey> find(std::string_view blob) const;
  /// How many entries there are.
  std::size_t size() const { return size_; }

 private:
  std::unordered_map<std::string, std::vector<AuthorizedKey>> keys_;
  std::size_t size_ = 0;
};

}  // namespace zomg::monitor
