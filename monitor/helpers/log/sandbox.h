#pragma once

#include "common/program/row.h"

namespace zomg::log_writer {

/// Of zomg-ssh-log.
extern const program::Row kRow;

}  // namespace zomg::log_writer
