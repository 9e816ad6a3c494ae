#pragma once

#include "common/base/limits.h"
#include "common/ipc/message.h"

/// monitor ↔ keyring, on the keyring's fd 3. A user is named by its place in KeyringSettings.
namespace zomg::messages {

enum class KeyringMessage : std::uint32_t {
  kKeyringSettings,
  kFetchNow,
  kGithubKeys,
  kGithubFailure,
};

/// monitor → keyring, the first packet. If keys are kept, it carries a shelf (ipc/shelf.h) with the two state files,
/// open for reading and writing.
struct KeyringSettings {
  static constexpr auto kType = KeyringMessage::kKeyringSettings;
  /// `https://host[:port][/path]`, without a slash at the end.
  ipc::Bytes<limits::kMaxUrlBytes> base_url;
  /// Absolute path of a file of CA certificates; empty: the system's.
  ipc::Bytes<limits::kMaxPathBytes> ca_file;
  /// GitHub logins that the monitor has checked.
  ipc::List<ipc::Bytes<limits::kMaxGithubLoginBytes>, limits::kMaxGithubUsers> users;
  std::uint32_t refresh_seconds = 0;
  /// Kept keys that were confirmed longer ago are of no use.
  std::uint32_t max_stale_seconds = 0;
  /// The account to run as.
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  /// Whether others must not be able to write `ca_file` (ZOMG_SSH_STRICT_MODES).
  bool strict_modes = true;
  /// Whether keys are kept over a restart.
  bool keeps = false;
  static auto fields(auto& self) {
    return std::tie(self.base_url, self.ca_file, self.users, self.refresh_seconds,
                    self.max_stale_seconds, self.uid, self.gid, self.strict_modes, self.keeps);
  }
  static std::size_t fd_count(const auto& self) { return self.keeps ? 1 : 0; }
};

/// monitor → keyring: every user's keys are due at once, whatever the schedule says. No reply.
struct FetchNow {
  static constexpr auto kType = KeyringMessage::kFetchNow;
  static auto fields(auto& /*self*/) { return std::tie(); }
};

/// All keys of one user, by their blobs.
using KeyBlobs = ipc::List<ipc::Bytes<limits::kMaxKeyBlobBytes>, limits::kMaxGithubKeysPerUser>;

/// Where a user's keys come from.
enum class KeysOrigin : std::uint32_t {
  kAnswer,  ///< GitHub's answer of just now: these keys and no others
  kState,   ///< the state files: what GitHub answered `age_seconds` ago
  kMaxValue = kState,
};

/// keyring → monitor: the keys of one user. Claims: the monitor parses each blob itself.
struct GithubKeys {
  static constexpr auto kType = KeyringMessage::kGithubKeys;
  std::uint32_t user = 0;
  KeysOrigin origin = KeysOrigin::kAnswer;
  std::uint32_t age_seconds = 0;
  KeyBlobs keys;
  static auto fields(auto& self) {
    return std::tie(self.user, self.origin, self.age_seconds, self.keys);
  }
};

/// Why GitHub's answer changes nothing.
enum class FetchFailure : std::uint32_t {
  kNetwork,    ///< no answer, or one that broke off
  kTimeout,    ///< none in time, or one that dripped
  kTls,        ///< the server's certificate, or the encryption
  kThrottled,  ///< 429
  kStatus,     ///< any other status but 200, 304 and 404
  kNoKeys,     ///< a body that is no list of keys, or is over a bound
  kMaxValue = kNoKeys,
};

/// keyring → monitor: a fetch failed. The user keeps the keys that the monitor has.
struct GithubFailure {
  static constexpr auto kType = KeyringMessage::kGithubFailure;
  std::uint32_t user = 0;
  FetchFailure failure = FetchFailure::kNetwork;
  static auto fields(auto& self) { return std::tie(self.user, self.failure); }
};

}  // namespace zomg::messages
