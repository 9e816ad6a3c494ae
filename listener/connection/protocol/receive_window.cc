#include "listener/connection/protocol/receive_window.h"

#include <algorithm>
#include <utility>

#include "common/base/check.h"
#include "common/base/limits.h"

namespace zomg::connection {

bool ReceiveWindow::arrive(std::size_t bytes) {
  if (bytes > granted_) {
    exceeded_ += bytes - granted_;
    if (exceeded_ > kGraceBytes) return false;
  }
  granted_ -= std::min(bytes, granted_);
  waiting_ += bytes;
  charge();
  if (waiting_ >= size_ / 2) {
    size_ = kFirstBytes;
    kept_up_ = 0;
  }
  return true;
}

void ReceiveWindow::take(std::size_t bytes) {
  CHECK(bytes <= waiting_);
  waiting_ -= bytes;
  charge();
  // What had to wait does not count, nor does what ended the wait.
  if (std::exchange(behind_, waiting_ > 0) || behind_) return;
  kept_up_ += bytes;
  if (kept_up_ < size_) return;
  size_ = std::min(2 * size_, limits::kMaxReceiveWindowBytes);
  kept_up_ = 0;
}

std::uint32_t ReceiveWindow::grant() {
  const std::size_t used = granted_ + waiting_;
  const std::size_t spare = budget_.spare();
  // A quarter is left to others.
  const std::size_t affordable = limits::kLeastReceiveWindowBytes + charged_ + spare - spare / 4;
  const std::size_t goal = std::min(size_, affordable);
  // In quarters, so that a client far away is never without.
  if (used + goal / 4 > goal) return 0;
  granted_ += goal - used;
  charge();
  return static_cast<std::uint32_t>(goal - used);
}

void ReceiveWindow::charge() {
  const std::size_t used = granted_ + waiting_;
  const std::size_t extra = used - std::min(used, limits::kLeastReceiveWindowBytes);
  budget_.change(charged_, extra);
  charged_ = extra;
}

}  // namespace zomg::connection
