#include "monitor/helpers/keyring/state_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <optional>

#include "common/base/io/bytes.h"
#include "common/base/limits.h"
#include "common/base/log.h"
#include "common/base/uninterrupted.h"

namespace zomg::keyring {
namespace {

using common::errno_error;
using common::Result;

Result<std::string> read_whole(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return errno_error("fstat");
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size > limits::kMaxKeyringStateBytes) return common::error("{} bytes", size);
  std::string content(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    const ssize_t got = common::uninterrupted(
        [&] { return ::pread(fd, content.data() + done, size - done, static_cast<off_t>(done)); });
    if (got < 0) return errno_error("read");
    if (got == 0) return common::error("it became shorter");
    done += static_cast<std::size_t>(got);
  }
  return content;
}

Result<void> write_whole(int fd, std::string_view content) {
  if (auto written = common::write_all_at_start(fd, content); !written) return written;
  if (::ftruncate(fd, static_cast<off_t>(content.size())) != 0) return errno_error("ftruncate");
  if (::fsync(fd) != 0) return errno_error("fsync");
  return {};
}

/// The state in the file, unless it is empty or not whole: that one is for the log.
std::optional<State> read_state(int fd) {
  auto content = read_whole(fd);
  if (content && content->empty()) return std::nullopt;
  auto state = content ? decode_state(*content) : content.error();
  if (state) return std::move(*state);
  log::warning("a state file is not whole, the other one counts: {}", state.error().message);
  return std::nullopt;
}

/// fcntl(2) F_SETLK on the first file: the kernel drops it with the process.
Result<void> set_lock(int fd, short type) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  if (::fcntl(fd, F_SETLK, &lock) != 0) return errno_error("another gateway writes them");
  return {};
}

}  // namespace

StateFiles::Newest StateFiles::newest() const {
  auto first = read_state(files_.first.get());
  auto second = read_state(files_.second.get());
  if (first && (!second || second->sequence < first->sequence)) {
    return {std::move(*first), files_.second.get()};
  }
  if (second) return {std::move(*second), files_.first.get()};
  return {State{}, files_.first.get()};
}

State StateFiles::load() const {
  if (!*this) return {};
  return newest().state;
}

Result<void> StateFiles::save(State state) const {
  if (auto locked = set_lock(files_.first.get(), F_WRLCK); !locked) return locked;
  const Newest last = newest();
  state.sequence = last.state.sequence + 1;
  auto content = encode_state(state);
  Result<void> written = content ? write_whole(last.other, *content) : content.error();
  if (auto unlocked = set_lock(files_.first.get(), F_UNLCK); !unlocked) return unlocked;
  return written;
}

}  // namespace zomg::keyring
