#pragma once

#include <string>

#include "common/failure.h"
#include "common/messages/session.h"

namespace zomg::sessiond {

/// Becomes the user's program: the login shell, the command under the shell, or the sftp-server.
/// To be called inside the box, with its confinement applied and the program's descriptors 0, 1
/// and 2 in place; `environment_fd` holds the container's environment, and is closed. Returns only
/// when there is nothing to run, with the reason.
common::Failure become_program(const messages::SessionPlan& plan, int environment_fd,
                               const std::string& terminal);

}  // namespace zomg::sessiond
