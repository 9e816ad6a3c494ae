#pragma once

#include "common/program/row.h"

namespace zomg::audit {

/// Of zomg-ssh-audit: it can read its channel and write to what it was given, and nothing else.
extern const program::Row kRow;

}  // namespace zomg::audit
