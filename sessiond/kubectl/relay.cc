#include <poll.h>
#include <unistd.h>

#include <array>

#include "common/base/uninterrupted.h"
#include "sessiond/kubectl/supervisor.h"

// The bytes of a session, and who is waited for.

namespace zomg::kubectl {
namespace {

/// Enough of what kubectl says on its own for the log.
constexpr std::size_t kMaxKubectlSays = 2048;
/// More than this is not read ahead of a container that does not keep up.
constexpr std::size_t kMostInput = 256 * 1024;

}  // namespace

void Supervisor::read_kubectl_error() {
  const auto bytes = read_some(streams_.kubectl_says.get());
  if (!bytes) return streams_.kubectl_says.reset();
  if (kubectl_says_.size() < kMaxKubectlSays) kubectl_says_ += *bytes;
}

int Supervisor::input_source() const {
  if (to_backend_.size() >= kMostInput) return -1;
  if (!streams_.terminal) return streams_.client_input.get();
  // What the user types before the program runs would be echoed among what is thrown away.
  const bool reads = main_.filter().started() && to_backend_.empty() && !kubectl_ended_;
  return reads && !finishing_ ? main_.target() : -1;
}

int Supervisor::input_target() const {
  return streams_.terminal ? main_.source() : streams_.backend_input.get();
}

void Supervisor::read_terminal() {
  const auto bytes = read_some(main_.target());
  if (!bytes) return main_.close_client();
  to_backend_ += *bytes;
  write_backend();
}

void Supervisor::read_client() {
  const auto bytes = read_some(streams_.client_input.get());
  if (bytes && bytes->empty()) return;
  if (bytes) {
    end_header(kInputFollows);
    to_backend_ += *bytes;
  } else {
    streams_.client_input.reset();
    // Where the client never had any, stdin stays open, for us.
    if (header_ended_) input_ended_ = true;
    end_header(kNoInput);
  }
  write_backend();
}

void Supervisor::end_header(std::string_view end) {
  input_deadline_.reset();
  if (std::exchange(header_ended_, true)) return;
  to_backend_ += end;
  write_backend();
}

void Supervisor::write_backend() {
  if (!to_backend_.empty() && (input_target() < 0 || !write_some(input_target(), to_backend_))) {
    to_backend_.clear();
    // Who sends sees that nobody takes it.
    streams_.client_input.reset();
    streams_.backend_input.reset();
  }
  if (input_ended_ && to_backend_.empty()) streams_.backend_input.reset();
}

void Supervisor::step() {
  std::array<pollfd, 11> events{{
      {control_ ? control_.fd() : -1, POLLIN, 0},
      {backend_.signals.get(), POLLIN, 0},
      {kubectl_ended_ ? -1 : kubectl_.pidfd(), POLLIN, 0},
      {remote_signal_ ? remote_signal_->pidfd() : -1, POLLIN, 0},
      main_.source_events(),
      main_.target_events(),
      output_ ? output_->source_events() : pollfd{-1, 0, 0},
      output_ ? output_->target_events() : pollfd{-1, 0, 0},
      {streams_.kubectl_says ? streams_.kubectl_says.get() : -1, POLLIN, 0},
      {streams_.terminal ? -1 : input_source(), POLLIN, 0},
      {streams_.terminal ? -1 : input_target(), 0, 0},
  }};
  // A terminal's descriptors are those of the output.
  if (!to_backend_.empty()) events[streams_.terminal ? 4 : 10].events |= POLLOUT;
  if (streams_.terminal && input_source() >= 0) events[5].events |= POLLIN;
  CHECK(common::poll_events(events, timeout_ms()) >= 0);
  if (events[0].revents != 0) on_control();
  if (events[1].revents != 0) on_signals();
  if ((events[4].revents & POLLOUT) != 0) write_backend();
  main_.on_source(events[4].revents);
  main_.on_target(events[5].revents);
  if ((events[5].revents & POLLIN) != 0 && main_.target() >= 0) read_terminal();
  if ((events[10].revents & POLLERR) != 0) {
    streams_.client_input.reset();
    streams_.backend_input.reset();
    to_backend_.clear();
  } else if ((events[10].revents & POLLOUT) != 0) {
    write_backend();
  }
  if (events[9].revents != 0 && streams_.client_input) read_client();
  if (output_) {
    output_->on_source(events[6].revents);
    output_->on_target(events[7].revents);
  }
  if (events[8].revents != 0) read_kubectl_error();
  if (events[2].revents != 0) on_kubectl_end();
  if (events[3].revents != 0) on_remote_signal_end();
  on_deadlines();
  conclude();
}

}  // namespace zomg::kubectl
