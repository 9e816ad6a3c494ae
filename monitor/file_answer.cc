#include "monitor/file_answer.h"

#include <fcntl.h>
#include <unistd.h>

#include "monitor/file.h"

namespace zomg::monitor {

using common::Fd;
using common::Result;

Result<FileAnswer> take_file_answer(ipc::Packet packet) {
  const auto answer = ipc::decode<messages::FileAnswer>(packet.bytes);
  if (!answer) return answer.error();
  const bool failed = !answer->error.value.empty();
  if (packet.fds.size() != (failed ? 0 : 1)) {
    return common::error("a file's answer with {} descriptors", packet.fds.size());
  }
  if (!failed) return FileAnswer{answer->asked, std::move(packet.fds[0])};
  return FileAnswer{answer->asked,
                    common::Error{answer->error.value, static_cast<int>(answer->errno_value)}};
}

Result<std::string> read_sealed(const Fd& file, std::size_t max_bytes) {
  constexpr int kSealed = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW;
  const int seals = ::fcntl(file.get(), F_GET_SEALS);
  if (seals < 0 || (seals & kSealed) != kSealed) return common::error("a file that is not sealed");
  if (::lseek(file.get(), 0, SEEK_SET) != 0) return common::errno_error("lseek");
  return read_file(file.get(), max_bytes);
}

}  // namespace zomg::monitor
