#include "listener/connection/session/output_stream.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "common/base/uninterrupted.h"

namespace zomg::connection {

std::size_t OutputStream::send(Channel& channel, std::string_view data) {
  const std::size_t taken = channel.write(data, is_stderr_);
  bytes_ += taken;
  return taken;
}

bool OutputStream::send_pending(Channel& channel) {
  if (pending_.empty()) return true;
  pending_.erase(0, send(channel, pending_));
  return pending_.empty();
}

OutputStream::Outcome OutputStream::pump(Channel& channel, std::span<char> buffer,
                                         std::size_t limit, bool discard) {
  if (!send_pending(channel)) return Outcome::kBlocked;
  if (!is_open()) return Outcome::kEnded;
  std::size_t size = std::min(buffer.size(), limit);
  if (!discard) size = std::min(size, channel.window());
  if (size == 0) return Outcome::kBlocked;
  const ssize_t got =
      common::uninterrupted([&] { return ::read(source_.get(), buffer.data(), size); });
  if (got < 0 && errno == EAGAIN) return Outcome::kIdle;
  if (got <= 0) {  // a terminal ends with EIO
    source_.reset();
    return Outcome::kEnded;
  }
  bytes_read_ += static_cast<std::uint64_t>(got);
  const std::string_view data(buffer.data(), static_cast<std::size_t>(got));
  if (tap_) tap_(data);
  if (discard) return Outcome::kMoved;
  pending_ = data.substr(send(channel, data));
  return Outcome::kMoved;
}

}  // namespace zomg::connection
