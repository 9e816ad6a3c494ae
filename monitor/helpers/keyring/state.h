#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/messages/keyring.h"

namespace zomg::keyring {

/// What GitHub answered last for one user.
struct SavedUser {
  ipc::Bytes<limits::kMaxGithubLoginBytes> login;
  /// The entity tag that came with the keys; empty when none did.
  ipc::Bytes<limits::kMaxEtagBytes> etag;
  /// When GitHub last said that these are the keys, in seconds since the epoch.
  std::uint64_t confirmed_at = 0;
  messages::KeyBlobs keys;
  static auto fields(auto& self) {
    return std::tie(self.login, self.etag, self.confirmed_at, self.keys);
  }
  bool operator==(const SavedUser&) const = default;
};

/// What outlives the process, and in which order it was written.
struct State {
  std::uint64_t sequence = 0;
  /// Whose users these are: another server's of the same names are other people.
  ipc::Bytes<limits::kMaxUrlBytes> base_url;
  ipc::List<SavedUser, limits::kMaxGithubUsers> users;
  static auto fields(auto& self) { return std::tie(self.sequence, self.base_url, self.users); }
  bool operator==(const State&) const = default;
};

/// The content of a state file: a magic number, the fields in the form of IPC messages, and the
/// SHA-256 of all of it. An Error when it is over kMaxKeyringStateBytes.
common::Result<std::string> encode_state(const State& state);

/// The state in such a content. An Error for one that is not whole, byte for byte.
common::Result<State> decode_state(std::string_view content);

}  // namespace zomg::keyring
