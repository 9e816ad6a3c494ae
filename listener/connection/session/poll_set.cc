#include "listener/connection/session/poll_set.h"

#include <algorithm>
#include <cerrno>

#include "common/base/check.h"
#include "common/base/uninterrupted.h"

namespace zomg::connection {

void PollSet::add(int fd, short events) {
  if (fd < 0 || events == 0) return;
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [fd](const pollfd& entry) { return entry.fd == fd; });
  if (found == entries_.end()) {
    entries_.push_back({fd, events, 0});
  } else {
    found->events = static_cast<short>(found->events | events);
  }
}

void PollSet::wait(int timeout_ms) {
  const int ready = common::poll_events(entries_, timeout_ms);
  CHECK(ready >= 0 || errno == ENOMEM);
  if (ready < 0) {
    for (pollfd& entry : entries_) entry.revents = 0;
  }
}

bool PollSet::has(int fd, short events) const {
  if (fd < 0) return false;
  return std::any_of(entries_.begin(), entries_.end(), [fd, events](const pollfd& entry) {
    const int wanted = entry.events & events;
    return entry.fd == fd && wanted != 0 &&
           (entry.revents & (wanted | POLLERR | POLLHUP | POLLNVAL)) != 0;
  });
}

}  // namespace zomg::connection
