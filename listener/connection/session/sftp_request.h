#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "common/base/limits.h"
#include "common/messages/connection.h"
#include "common/ssh/ssh_wire.h"

namespace zomg::connection {

/// What a client asked by sftp (draft-ietf-secsh-filexfer-02, and OpenSSH's extensions).
struct SftpRequest {
  enum class Kind : std::uint8_t { kOperation, kTransfer, kOther };

  /// The first one, which has no identifier, and no answer that would need one.
  bool initial = false;
  std::uint32_t id = 0;
  messages::ReportSftp report;
  std::string handle;
  Kind kind = Kind::kOther;
};

/// What a handle was opened for; nothing if it is none of a file.
using PathOfHandle = std::function<ipc::Bytes<limits::kMaxSftpPathBytes>(std::string_view handle)>;

/// Reads a packet of a client; false if it is none of such.
bool read_sftp_request(common::WireReader& reader, const PathOfHandle& path_of,
                       SftpRequest& request);

}  // namespace zomg::connection
