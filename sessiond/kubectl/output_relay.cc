#include "sessiond/kubectl/output_relay.h"

#include <unistd.h>

#include "common/base/uninterrupted.h"

namespace zomg::kubectl {
namespace {

constexpr std::size_t kReadBytes = 128 * 1024;
/// More than this is not read ahead of a client that does not keep up.
constexpr std::size_t kMostPending = 256 * 1024;
/// How long a line that looks like kubectl's last is kept back: kubectl ends right after it.
constexpr std::chrono::milliseconds kRelease{150};

}  // namespace

bool write_some(int fd, std::string& bytes) {
  const ssize_t written =
      common::uninterrupted([&] { return ::write(fd, bytes.data(), bytes.size()); });
  if (written < 0) return errno == EAGAIN;
  bytes.erase(0, static_cast<std::size_t>(written));
  return true;
}

std::optional<std::string> read_some(int fd) {
  std::string bytes(kReadBytes, '\0');
  const ssize_t got = common::uninterrupted([&] { return ::read(fd, bytes.data(), bytes.size()); });
  if (got < 0 && errno == EAGAIN) return std::string();
  // A terminal whose last user has gone says EIO.
  if (got <= 0) return std::nullopt;
  bytes.resize(static_cast<std::size_t>(got));
  return bytes;
}

pollfd OutputRelay::source_events() const {
  const bool reads = source_ && pending_.size() < kMostPending;
  return {reads ? source_.get() : -1, POLLIN, 0};
}

pollfd OutputRelay::target_events() const {
  // Also without an event that is asked for, poll(2) tells that the other end is closed.
  return {target_ ? target_.get() : -1, static_cast<short>(pending_.empty() ? 0 : POLLOUT), 0};
}

void OutputRelay::on_source(short events) {
  if ((events & (POLLIN | POLLHUP | POLLERR)) == 0) return;
  const auto bytes = read_some(source_.get());
  release_deadline_.reset();
  if (bytes) {
    pending_ += filter_.take(*bytes);
    if (filter_.holds_back()) release_deadline_ = Clock::now() + kRelease;
  } else {
    source_.reset();
    pending_ += filter_.finish();
  }
  flush();
}

void OutputRelay::on_target(short events) {
  if ((events & (POLLHUP | POLLERR)) != 0) {
    close_client();
  } else if ((events & POLLOUT) != 0) {
    flush();
  }
}

void OutputRelay::on_deadline() {
  release_deadline_.reset();
  pending_ += filter_.release();
  flush();
}

void OutputRelay::flush() {
  if (pending_.empty()) return;
  if (!target_ || !write_some(target_.get(), pending_)) close_client();
}

void OutputRelay::close_client() {
  broken_ = broken_ || !pending_.empty();
  target_.reset();
  pending_.clear();
  client_gone_ = true;
}

}  // namespace zomg::kubectl
