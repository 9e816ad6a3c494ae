#include <poll.h>
#include <unistd.h>

#include <array>

#include "sessiond/kubectl/supervisor.h"

// The bytes of a session, and who is waited for.

namespace zomg::kubectl {
namespace {

/// Enough of what kubectl says on its own for the log.
constexpr std::size_t kMaxKubectlSays = 2048;

}  // namespace

void Supervisor::read_kubectl_error() {
  const auto bytes = read_some(streams_.kubectl_says.get());
  if (!bytes) return streams_.kubectl_says.reset();
  if (kubectl_says_.size() < kMaxKubectlSays) kubectl_says_ += *bytes;
}

void Supervisor::read_client() {
  const auto bytes = read_some(main_.target());
  if (!bytes) return main_.close_client();
  to_backend_ += *bytes;
  write_backend();
}

void Supervisor::write_backend() {
  if (to_backend_.empty()) return;
  if (main_.source() < 0 || !write_some(main_.source(), to_backend_)) to_backend_.clear();
}

void Supervisor::step() {
  std::array<pollfd, 9> events{{
      {control_ ? control_.fd() : -1, POLLIN, 0},
      {backend_.signals.get(), POLLIN, 0},
      {kubectl_ended_ ? -1 : kubectl_.pidfd(), POLLIN, 0},
      {errand_ ? errand_->pidfd() : -1, POLLIN, 0},
      main_.source_events(),
      main_.target_events(),
      output_ ? output_->source_events() : pollfd{-1, 0, 0},
      output_ ? output_->target_events() : pollfd{-1, 0, 0},
      {streams_.kubectl_says ? streams_.kubectl_says.get() : -1, POLLIN, 0},
  }};
  if (streams_.terminal) {
    if (!to_backend_.empty()) events[4].events |= POLLOUT;
    // What the user types before the program runs would be echoed among what is thrown away.
    if (main_.filter().started() && to_backend_.empty() && !kubectl_ended_) {
      events[5].events |= POLLIN;
    }
  }
  if (::poll(events.data(), events.size(), timeout_ms()) < 0) {
    CHECK(errno == EINTR);
    return;
  }
  if (events[0].revents != 0) on_control();
  if (events[1].revents != 0) on_signals();
  if ((events[4].revents & POLLOUT) != 0) write_backend();
  main_.on_source(events[4].revents);
  main_.on_target(events[5].revents);
  if ((events[5].revents & POLLIN) != 0 && main_.target() >= 0) read_client();
  if (output_) {
    output_->on_source(events[6].revents);
    output_->on_target(events[7].revents);
  }
  if (events[8].revents != 0) read_kubectl_error();
  if (events[2].revents != 0) on_kubectl_end();
  if (events[3].revents != 0) on_errand_end();
  on_deadlines();
  conclude();
}

}  // namespace zomg::kubectl
