#pragma once

#include <initializer_list>
#include <utility>

#include "common/base/result.h"

namespace zomg::common {

/// The owner of one file descriptor; closes it at the end of its life. Pass `Fd` to give a
/// descriptor away, `int` to lend it. Every descriptor is made with CLOEXEC.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(other.release()) {}
  Fd& operator=(Fd&& other) noexcept {
    reset(other.release());
    return *this;
  }
  ~Fd() { reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  /// Gives the descriptor up without closing it.
  int release() { return std::exchange(fd_, -1); }
  void reset(int fd = -1);

 private:
  int fd_ = -1;
};

/// Two ends that belong together: of a socketpair(2), or of a pipe(2) (read, write).
struct FdPair {
  Fd first;
  Fd second;
};

/// A connected pair of AF_UNIX SOCK_SEQPACKET sockets, which keep message boundaries.
Result<FdPair> make_packet_socketpair();

/// pipe2(2); `capacity_bytes` > 0 asks for that F_SETPIPE_SZ and takes what the kernel allows.
Result<FdPair> make_pipe(int capacity_bytes = 0);

/// Sets or clears O_NONBLOCK of the open file description.
Result<void> set_nonblocking(int fd, bool nonblocking);

/// Makes `target` a copy of `fd` that survives exec, whichever number `fd` has. The one home of
/// dup2(2). Async-signal-safe: returns false with errno set.
bool install_fd(int fd, int target);

/// Closes every descriptor from 3 up but `kept`. Async-signal-safe but for its argument.
bool close_all_but(std::initializer_list<int> kept);

}  // namespace zomg::common
