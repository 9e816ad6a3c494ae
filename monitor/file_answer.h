#pragma once

#include <string>

#include "common/fd.h"
#include "common/ipc/channel.h"
#include "common/messages/file.h"

namespace zomg::monitor {

/// What zomg-ssh-file-reader said: the descriptor that came with it, or why there is none. An outer
/// Error is a breach of contract.
struct FileAnswer {
  bool asked = false;
  common::Result<common::Fd> file;
};
common::Result<FileAnswer> take_file_answer(ipc::Packet packet);

/// What a file in memory holds, at most `max_bytes`. An Error for one that is not sealed: another kind
/// of file might be waited for.
common::Result<std::string> read_sealed(const common::Fd& file, std::size_t max_bytes);

}  // namespace zomg::monitor
