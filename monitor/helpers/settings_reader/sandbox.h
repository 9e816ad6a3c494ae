#pragma once

#include "common/base/result.h"

namespace zomg::settings_reader {

/// Leaves what it takes to read descriptor 0 and to write to the others, and nothing else. As root
/// it becomes nobody first.
common::Result<void> enter_sandbox();

}  // namespace zomg::settings_reader
