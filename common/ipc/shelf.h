#pragma once

#include <initializer_list>
#include <vector>

#include "common/base/fd.h"
#include "common/ipc/channel.h"

namespace zomg::ipc {

/// Open files that a process keeps for others without having them open itself: they are on their way
/// through a socket (SCM_RIGHTS), from which each who gets the socket takes copies. What a process has
/// open is closed in every child that it starts, and close(2) waits for some file systems; these are
/// open in no process.
class Shelf {
 public:
  Shelf() = default;
  /// With copies of `fds`.
  static common::Result<Shelf> of(std::initializer_list<int> fds);
  /// One that is still to be filled, once, by fill_shelf() of the socket `filler`.
  static common::Result<Shelf> empty(common::Fd& filler);

  /// The socket to pass on.
  int fd() const { return socket_.get(); }
  explicit operator bool() const { return static_cast<bool>(socket_); }

 private:
  explicit Shelf(common::Fd socket) : socket_(std::move(socket)) {}

  common::Fd socket_;
};

common::Result<void> fill_shelf(common::Fd filler, std::initializer_list<int> fds);

/// Copies of what is on the shelf that `socket` leads to; they stay there. Waits until it is filled; an
/// Error when it never will be.
common::Result<std::vector<common::Fd>> take_from_shelf(int socket);

}  // namespace zomg::ipc
