#pragma once

#include "common/failure.h"
#include "common/result.h"

namespace zomg::sessiond {

/// `failure`; but kBoxHindered in the place of one that says that the gateway cannot enter, where the
/// kernel did not refuse that to the gateway (EPERM and its like) and gave another reason. Most of
/// these a box can bring about: the entering process lives off the box's memory and processes.
common::Failure blame(common::Failure failure, const common::Error& error);

}  // namespace zomg::sessiond
