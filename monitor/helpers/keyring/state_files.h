#pragma once

#include "common/base/fd.h"
#include "monitor/helpers/keyring/state.h"

namespace zomg::keyring {

/// The two files that the monitor opened for the state. They are written in turns and synced, so
/// that a process or a machine which dies in the middle of one leaves the other, and no name has to
/// be made, moved or removed by a process that has no directory. What is whole and has the higher
/// sequence number counts.
class StateFiles {
 public:
  StateFiles() = default;
  StateFiles(common::Fd first, common::Fd second) : files_{std::move(first), std::move(second)} {}

  explicit operator bool() const { return static_cast<bool>(files_.first); }

  /// The last state that was saved; an empty one when there is none.
  State load() const;
  /// Saves `state` under the next sequence number, over the file that does not count. Another
  /// gateway that saves into the same files at the same time is an Error.
  common::Result<void> save(State state) const;

 private:
  struct Newest {
    State state;
    int other;  ///< the file to write next
  };
  Newest newest() const;

  common::FdPair files_;
};

}  // namespace zomg::keyring
