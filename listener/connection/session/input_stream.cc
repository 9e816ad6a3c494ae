#include "listener/connection/session/input_stream.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "common/base/uninterrupted.h"

namespace zomg::connection {
namespace {

constexpr std::chrono::milliseconds kShortestRest{1};
constexpr std::chrono::milliseconds kLongestRest{64};

}  // namespace

std::size_t InputStream::room_in_target() {
  if (most_waiting_ == kUnlimited) return kUnlimited;
  int bytes = 0;
  if (::ioctl(target_, FIONREAD, &bytes) != 0 || bytes < 0) return 0;
  const std::size_t most_pages = most_waiting_ / PipePages::kPageBytes;
  const std::size_t pages = pages_.count(static_cast<std::size_t>(bytes));
  if (pages < most_pages) return (most_pages - pages) * PipePages::kPageBytes;
  // Small pieces may share a page, which the kernel alone knows, and it takes no more than the pipe was made for. A
  // pipe that is enlarged after this look has a page too many, once: as long as it has, it cannot be made smaller.
  const int size = ::fcntl(target_, F_GETPIPE_SZ);
  const bool as_made = size >= 0 && static_cast<std::size_t>(size) <= most_waiting_;
  return as_made ? PipePages::kPageBytes : 0;
}

std::size_t InputStream::room() {
  const std::size_t room = room_ ? room_() : kUnlimited;
  return room == 0 ? 0 : std::min(room, room_in_target());
}

std::size_t InputStream::write_some(std::string_view data, std::size_t room) {
  room = std::min(room, data.size());
  if (room == 0) return 0;
  const ssize_t written =
      common::uninterrupted([&] { return ::write(target_, data.data(), room); });
  if (written >= 0) {
    rest_ = kShortestRest;
    bytes_ += static_cast<std::uint64_t>(written);
    if (most_waiting_ != kUnlimited) pages_.on_write(static_cast<std::size_t>(written));
    if (tap_) tap_(data.substr(0, static_cast<std::size_t>(written)));
    return static_cast<std::size_t>(written);
  }
  if (errno == EAGAIN) return 0;
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
  const std::size_t taken = write_some(data, room());
  backlog_ = taken < data.size();
  return taken;
}

bool InputStream::is_broken() const {
  pollfd entry{target_, 0, 0};
  return ::poll(&entry, 1, 0) == 1 && (entry.revents & POLLERR) != 0;
}

void InputStream::rest() {
  rests_until_ = Clock::now() + rest_;
  rest_ = std::min(2 * rest_, kLongestRest);
}

bool InputStream::drain(Channel& channel, std::span<char> buffer) {
  const std::uint64_t before = bytes_;
  if (move(channel, buffer)) return true;
  // A pipe of the size that it was made with is not writable then, and poll(2) waits.
  const bool stuck = target_ >= 0 && bytes_ == before && !is_held();
  if (!stuck || room_in_target() > 0) return false;
  if (is_broken()) {
    close();
    return move(channel, buffer);
  }
  rest();
  return false;
}

bool InputStream::move(Channel& channel, std::span<char> buffer) {
  while (true) {
    if (!pending_.empty()) {
      if (target_ < 0) return false;
      pending_.erase(0, write_some(pending_, room()));
      if (closed_) pending_.clear();
      if (!pending_.empty()) return false;
    }
    if (target_ < 0 && !closed_) return false;
    // No more than can be given on now: what is taken out and left over is copied twice.
    const std::size_t most = closed_ ? kUnlimited : room();
    if (most == 0) return false;
    const std::size_t got = channel.read(buffer.first(std::min(most, buffer.size())));
    if (got == 0) {
      backlog_ = false;
      return true;
    }
    if (closed_) continue;
    const std::string_view data(buffer.data(), got);
    pending_ = data.substr(write_some(data, most));
    if (closed_) pending_.clear();
  }
}

}  // namespace zomg::connection
