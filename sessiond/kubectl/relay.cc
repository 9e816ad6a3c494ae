#include <poll.h>
#include <unistd.h>

#include <array>

#include "sessiond/kubectl/supervisor.h"

// The bytes between the client and kubectl.

namespace zomg::kubectl {
namespace {

constexpr std::size_t kReadBytes = 64 * 1024;
/// Enough of what kubectl says on its own for the log.
constexpr std::size_t kMaxKubectlSays = 2048;
/// How long a line that looks like kubectl's last is kept back: kubectl ends right after it.
constexpr std::chrono::milliseconds kRelease{150};

/// Moves what fits of `bytes` into `fd`. False when nobody will read it any more.
bool write_some(int fd, std::string& bytes) {
  const ssize_t written = ::write(fd, bytes.data(), bytes.size());
  if (written < 0) return errno == EAGAIN || errno == EINTR;
  bytes.erase(0, static_cast<std::size_t>(written));
  return true;
}

/// What there is to read: nothing at the end of the stream, an empty string when there is none yet.
std::optional<std::string> read_some(int fd) {
  std::string bytes(kReadBytes, '\0');
  const ssize_t got = ::read(fd, bytes.data(), bytes.size());
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return std::string();
  // A terminal whose last user has gone says EIO.
  if (got <= 0) return std::nullopt;
  bytes.resize(static_cast<std::size_t>(got));
  return bytes;
}

}  // namespace

void Supervisor::read_backend() {
  const auto bytes = read_some(streams_.backend.get());
  if (bytes) {
    to_client_ += filter_.take(*bytes);
    release_deadline_.reset();
    if (filter_.holds_back()) release_deadline_ = Clock::now() + kRelease;
  } else {
    streams_.backend.reset();
    to_client_ += filter_.finish();
    release_deadline_.reset();
  }
  write_client();
}

void Supervisor::read_backend_error() {
  const auto bytes = read_some(streams_.backend_error.get());
  if (!bytes) return streams_.backend_error.reset();
  if (kubectl_says_.size() < kMaxKubectlSays) kubectl_says_ += *bytes;
}

void Supervisor::read_client() {
  const auto bytes = read_some(streams_.client.get());
  if (!bytes) return close_client();
  to_backend_ += *bytes;
  write_backend();
}

void Supervisor::write_client() {
  if (to_client_.empty()) return;
  if (!streams_.client) return to_client_.clear();
  if (!write_some(streams_.client.get(), to_client_)) close_client();
}

void Supervisor::write_backend() {
  if (to_backend_.empty()) return;
  if (!streams_.backend || !write_some(streams_.backend.get(), to_backend_)) to_backend_.clear();
}

void Supervisor::close_client() {
  streams_.client.reset();
  to_client_.clear();
  to_backend_.clear();
  client_gone_ = true;
}

void Supervisor::step() {
  constexpr std::size_t kMost = 256 * 1024;
  const bool terminal = streams_.terminal;
  // What the user types before the program runs would be echoed among what is thrown away.
  const bool reads_client = terminal && filter_.started() && to_backend_.empty() && !kubectl_ended_;
  const auto client_events =
      static_cast<short>((reads_client ? POLLIN : 0) | (to_client_.empty() ? 0 : POLLOUT));
  const auto backend_events = static_cast<short>((to_client_.size() < kMost ? POLLIN : 0) |
                                                 (to_backend_.empty() ? 0 : POLLOUT));
  std::array<pollfd, 7> events{{
      {control_ ? control_.fd() : -1, POLLIN, 0},
      {backend_.signals.get(), POLLIN, 0},
      {kubectl_ended_ ? -1 : kubectl_.pidfd(), POLLIN, 0},
      {errand_ ? errand_->pidfd() : -1, POLLIN, 0},
      {streams_.backend ? streams_.backend.get() : -1, backend_events, 0},
      {streams_.backend_error ? streams_.backend_error.get() : -1, POLLIN, 0},
      {streams_.client ? streams_.client.get() : -1, client_events, 0},
  }};
  if (::poll(events.data(), events.size(), timeout_ms()) < 0) {
    CHECK(errno == EINTR);
    return;
  }
  if (events[0].revents != 0) on_control();
  if (events[1].revents != 0) on_signals();
  if (events[4].revents & (POLLIN | POLLHUP | POLLERR) && to_client_.size() < kMost) read_backend();
  if (events[4].revents & POLLOUT) write_backend();
  if (events[5].revents != 0) read_backend_error();
  if (events[6].revents & POLLOUT) write_client();
  if (events[6].revents & (POLLHUP | POLLERR)) {
    close_client();
  } else if (events[6].revents & POLLIN) {
    read_client();
  }
  if (events[2].revents != 0) on_kubectl_end();
  if (events[3].revents != 0) on_errand_end();
  on_deadlines();
  conclude();
}

}  // namespace zomg::kubectl
