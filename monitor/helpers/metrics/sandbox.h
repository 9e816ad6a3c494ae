#pragma once

#include "common/program/row.h"

namespace zomg::metrics {

/// Of zomg-ssh-metrics: it can read its channel and serve on the sockets that it has.
extern const program::Row kRow;

}  // namespace zomg::metrics
