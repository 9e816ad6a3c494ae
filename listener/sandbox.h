#pragma once

#include "common/program/row.h"

namespace zomg::listener {

/// Of zomg-ssh-listener: it can accept connections and start zomg-ssh-connection, which inherits its filter.
extern const program::Row kRow;

}  // namespace zomg::listener
