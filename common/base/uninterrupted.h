#pragma once

#include <poll.h>

#include <cerrno>
#include <span>

namespace zomg::common {

/// Makes a system call once more whenever a signal interrupts it. What it returned, with its errno.
template <typename Call>
auto uninterrupted(Call call) {
  while (true) {
    const auto result = call();
    if (result >= 0 || errno != EINTR) return result;
  }
}

/// poll(2); nothing is ready where a signal interrupts it, so that the caller reckons its time anew.
inline int poll_events(std::span<pollfd> entries, int timeout_ms) {
  const int ready = ::poll(entries.data(), entries.size(), timeout_ms);
  if (ready >= 0 || errno != EINTR) return ready;
  for (pollfd& entry : entries) entry.revents = 0;
  return 0;
}

}  // namespace zomg::common
