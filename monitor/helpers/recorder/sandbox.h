#pragma once

#include "common/program/row.h"

namespace zomg::recorder {

/// Of zomg-ssh-recorder: it can use what it has open, and make files in the directory that is among that.
extern const program::Row kRow;

}  // namespace zomg::recorder
