#include "monitor/helpers/log/writer.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "common/base/uninterrupted.h"
#include "common/messages/log.h"

namespace zomg::log_writer {
namespace {

/// A line of ours is shorter; a sanitizer's report comes in pieces of this size at most.
constexpr std::size_t kMaxPacketBytes = 64UL * 1024;
/// From one socket before the other, and the log, have their turn.
constexpr int kBurst = 64;
/// More than fits into a socket's buffer.
constexpr int kAll = 4096;
/// How long nobody may read the log before what waits is given up, once all who wrote it are gone.
constexpr std::chrono::seconds kPatience{10};
/// After a write that failed, the next is tried so much later.
constexpr std::chrono::milliseconds kRetry{1000};

bool is_hung_up(int socket) {
  pollfd entry{socket, POLLRDHUP, 0};
  return ::poll(&entry, 1, 0) > 0 && (entry.revents & (POLLHUP | POLLRDHUP)) != 0;
}

bool takes_more(int output) {
  pollfd entry{output, POLLOUT, 0};
  return ::poll(&entry, 1, 0) > 0;
}

}  // namespace

Writer::Writer(int own, int others, int output, ipc::Channel supervisor)
    : sources_{{{own, Voice::kOwn}, {others, Voice::kOthers}}},
      output_(output),
      supervisor_(std::move(supervisor)),
      buffer_(kMaxPacketBytes, '\0') {}

common::Result<void> Writer::run() {
  while (!ended()) {
    std::array<pollfd, 4> fds{{
        {sources_[0].open ? sources_[0].fd : -1, POLLIN, 0},
        {sources_[1].open ? sources_[1].fd : -1, POLLIN, 0},
        {may_write() ? output_ : -1, POLLOUT, 0},
        {supervisor_ ? supervisor_.fd() : -1, POLLIN, 0},
    }};
    if (common::poll_events(fds, timeout_ms()) < 0) return common::errno_error("poll");
    if (fds[3].revents != 0) on_supervisor();
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      if (fds[i].revents != 0) read(sources_[i], kBurst);
    }
    if (fds[2].revents != 0) write();
    answer_flush();
  }
  return {};
}

bool Writer::ended() const {
  if (sources_[0].open || sources_[1].open) return false;
  return queue_.empty() || failing_ || Clock::now() - last_written_ > kPatience;
}

bool Writer::may_write() const {
  return !queue_.empty() && (!failing_ || Clock::now() - last_written_ > kRetry);
}

int Writer::timeout_ms() const {
  const bool alone = !sources_[0].open && !sources_[1].open;
  return failing_ || alone ? static_cast<int>(kRetry.count()) : -1;
}

void Writer::read(Source& source, int most) {
  for (int i = 0; i < most; ++i) {
    const ssize_t got = ::recv(source.fd, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (got < 0) return;
    if (got > 0) {
      queue_.push(source.voice, {buffer_.data(), static_cast<std::size_t>(got)});
    } else if (is_hung_up(source.fd)) {
      source.open = false;
      last_written_ = Clock::now();
      return;
    }
    // Else it was an empty packet, which is no end: anybody can send one.
  }
}

void Writer::write() {
  for (int i = 0; i < kBurst && !queue_.empty(); ++i) {
    if (i > 0 && !takes_more(output_)) return;
    const std::string_view line = queue_.front();
    const ssize_t written =
        common::uninterrupted([&] { return ::write(output_, line.data(), line.size()); });
    if (written < 0 && errno == EAGAIN) return;
    last_written_ = Clock::now();
    failing_ = written < 0;  // a full disk, or a reader that has gone
    if (failing_) return queue_.lose_front();
    queue_.consume(static_cast<std::size_t>(written));
  }
}

void Writer::on_supervisor() {
  const auto packet = supervisor_.receive();
  if (packet && ipc::decode<messages::FlushLog>(*packet)) {
    // What was sent before it is in the sockets.
    for (Source& source : sources_) {
      if (source.open) read(source, kAll);
    }
    flush_wanted_ = true;
    return;
  }
  supervisor_.close();  // it is gone; those that it leaves behind go on
}

void Writer::answer_flush() {
  if (!flush_wanted_ || !(queue_.empty() || failing_)) return;
  flush_wanted_ = false;
  (void)supervisor_.send(messages::LogFlushed{}).has_value();
}

}  // namespace zomg::log_writer
