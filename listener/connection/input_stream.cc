#include "listener/connection/input_stream.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace zomg::connection {

std::size_t InputStream::write_some(std::string_view data) {
  const std::size_t room = room_ ? std::min(room_(), data.size()) : data.size();
  if (room == 0) return 0;
  const ssize_t written = ::write(target_, data.data(), room);
  if (written >= 0) {
    bytes_ += static_cast<std::uint64_t>(written);
    if (tap_) tap_(data.substr(0, static_cast<std::size_t>(written)));
    return static_cast<std::size_t>(written);
  }
  if (errno == EAGAIN || errno == EINTR) return 0;
  close();  // the program reads no more
  return data.size();
}

std::size_t InputStream::take(std::string_view data) {
  if (closed_) return data.size();
  // In order behind what waits already.
  if (target_ < 0 || backlog_) {
    backlog_ = true;
    return 0;
  }
  const std::size_t taken = write_some(data);
  backlog_ = taken < data.size();
  return taken;
}

bool InputStream::drain(Channel& channel, std::span<char> buffer) {
  while (true) {
    if (!pending_.empty()) {
      if (target_ < 0) return false;
      pending_.erase(0, write_some(pending_));
      if (closed_) pending_.clear();
      if (!pending_.empty()) return false;
    }
    if (target_ < 0 && !closed_) return false;
    // No more than can be given on now: what is taken out and left over is copied twice.
    const std::size_t room = room_ && !closed_ ? room_() : buffer.size();
    if (room == 0) return false;
    const std::size_t got = channel.read(buffer.first(std::min(room, buffer.size())));
    if (got == 0) {
      backlog_ = false;
      return true;
    }
    if (closed_) continue;
    const std::string_view data(buffer.data(), got);
    pending_ = data.substr(write_some(data));
    if (closed_) pending_.clear();
  }
}

}  // namespace zomg::connection
