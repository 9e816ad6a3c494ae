#pragma once

#include "common/base/limits.h"
#include "common/ipc/message.h"

/// monitor → zomg-ssh-recorder, on the recorder's fd 3.
namespace zomg::messages {

enum class RecorderMessage : std::uint32_t { kRecordOrder };

/// The only packet: what to record, and where. Carries two descriptors, the ends of a session's
/// control socket that the recorder stands between: to the connection process, and to sessiond.
struct RecordOrder {
  static constexpr auto kType = RecorderMessage::kRecordOrder;
  static constexpr std::size_t kFds = 2;
  /// The account to run as.
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  ipc::Bytes<limits::kMaxPathBytes> directory;
  /// Whose session it is; the numbers are the audit trail's.
  ipc::Bytes<limits::kMaxLoginNameBytes> login_name;
  std::uint64_t connection = 0;
  std::uint32_t session = 0;
  std::uint64_t max_bytes = 0;
  /// Whether the session ends when it cannot be recorded.
  bool mandatory = true;
  static auto fields(auto& self) {
    return std::tie(self.uid, self.gid, self.directory, self.login_name, self.connection,
                    self.session, self.max_bytes, self.mandatory);
  }
};

}  // namespace zomg::messages
