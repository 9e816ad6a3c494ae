#pragma once

#include <cstdint>

#include "common/base/failure.h"
#include "common/base/result.h"

namespace zomg::sessiond {

/// What is done up to the hand-over of the streams and can fail for want of something that the
/// gateway has not. Of all else the box is to blame.
enum class Step : std::uint8_t {
  kFirstProcess,  ///< open what the runtime claims is the box's first process
  kEntry,         ///< fork the process that enters, beside this one as far as processes are counted
  kCgroupBirth,   ///< fork into the box's cgroup of v2
  kCgroupJoin,    ///< join those of v1
  kSeclusion,     ///< of the supervisor
  kFork,          ///< make another process in the box's cgroups
  kHost,          ///< what takes the host's /proc, and capabilities on the host
  kBoxState,      ///< read what the first process has
  kNamespaces,    ///< enter them, but that of pids
  kConfinement,
  kKeyring,
};

/// What the user is told of a step that failed. Another way into the box is left where the kernel
/// refused the gateway something that no box has a hand in; else it is kBoxHindered.
common::Failure blame(Step step, const common::Error& error);
/// The error of a step that failed, with that.
common::Error blamed(Step step, const common::Error& error);

/// What the user is told of an error. One that nobody has decided on is the box's, which leaves no other
/// way into it.
common::Failure told(const common::Error& error);

}  // namespace zomg::sessiond
