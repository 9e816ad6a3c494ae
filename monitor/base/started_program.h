#pragma once

#include "common/base/child.h"
#include "common/base/result.h"
#include "common/ipc/channel.h"
#include "monitor/base/programs.h"

namespace zomg::monitor {

/// A program that runs, and our end of the channel that is its descriptor 3. A program that does not
/// read must not hold the monitor up, so the channel does not block.
struct StartedProgram {
  common::Child child;
  ipc::Channel channel;
};

/// Starts `program` with these for its standard input and output, and the log for its errors.
common::Result<StartedProgram> start_program(const Program& program, int input, int output);

}  // namespace zomg::monitor
