#include "listener/connection/ssh/read_ahead.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "common/base/uninterrupted.h"

extern "C" {
ssize_t __real_recv(int fd, void* data, size_t size, int flags);
ssize_t __real_send(int fd, const void* data, size_t size, int flags);
int __real_poll(pollfd* fds, nfds_t count, int timeout);
}

namespace zomg::connection::ssh {
namespace {

/// Eight packets of the largest size: more gained nothing.
constexpr std::size_t kBufferBytes = 256 * 1024;
/// What a client was sent and does not take, from which on it is not read: half as much again as is read
/// of a program's output at once.
constexpr std::size_t kMostUnsent = 768 * 1024;

}  // namespace

bool ReadAhead::is_full() const {
  return unsent_ > kMostUnsent;
}

ReadAhead::ReadAhead(int socket) : socket_(socket), buffer_(kBufferBytes) {}

ssize_t ReadAhead::receive(void* data, std::size_t size) {
  if (begin_ == end_) {
    const ssize_t got = common::uninterrupted(
        [this] { return __real_recv(socket_, buffer_.data(), buffer_.size(), 0); });
    readable_.reset();
    if (got <= 0) return got;
    if (static_cast<std::size_t>(got) < buffer_.size()) readable_ = false;
    heard_ = true;
    received_ += static_cast<std::uint64_t>(got);
    begin_ = 0;
    end_ = static_cast<std::size_t>(got);
  }
  std::size_t taken = std::min(size, end_ - begin_);
  if (!identified_) {
    const std::size_t line_end = std::string_view(buffer_.data() + begin_, taken).find('\n');
    identified_ = line_end != std::string_view::npos;
    if (identified_) taken = line_end + 1;
  }
  std::memcpy(data, buffer_.data() + begin_, taken);
  begin_ += taken;
  return static_cast<ssize_t>(taken);
}

ssize_t ReadAhead::send(const void* data, std::size_t size, int flags) {
  const ssize_t sent =
      common::uninterrupted([&] { return __real_send(socket_, data, size, flags | MSG_DONTWAIT); });
  // libssh sends all that it has.
  unsent_ = size - static_cast<std::size_t>(std::max<ssize_t>(sent, 0));
  if (sent < 0 && errno == EAGAIN) return 0;
  return sent;
}

int ReadAhead::poll(pollfd* fds, nfds_t count, int timeout) {
  pollfd* const end = fds + count;
  pollfd* const mine = std::find_if(fds, end, [this](const pollfd& entry) {
    return entry.fd == socket_ && (entry.events & POLLIN) != 0;
  });
  if (mine == end) return __real_poll(fds, count, timeout);
  int ready = 0;
  if (is_full()) {
    mine->events &= ~POLLIN;
    ready = __real_poll(fds, count, timeout);
    mine->events |= POLLIN;
    readable_.reset();
    return ready;
  }
  const bool for_input_alone = count == 1 && (mine->events & POLLOUT) == 0;
  if (for_input_alone && has_bytes()) {
    mine->revents = 0;
  } else if (for_input_alone && timeout == 0 && readable_) {
    mine->revents = *readable_ ? POLLIN : 0;
    ready = *readable_ ? 1 : 0;
  } else {
    ready = __real_poll(fds, count, has_bytes() ? 0 : timeout);
    readable_.reset();
    if (ready < 0) return ready;
    readable_ = mine->revents != 0 && mine->revents != POLLOUT;
  }
  if (has_bytes() && mine->revents == 0) ++ready;
  if (has_bytes()) mine->revents |= POLLIN;
  if ((mine->revents & POLLOUT) != 0) mine->revents &= ~POLLIN;
  return ready;
}

}  // namespace zomg::connection::ssh
