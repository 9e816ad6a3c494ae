#pragma once

#include "common/program/row.h"

namespace zomg::resolver {

/// Of zomg-ssh-resolver, which sees the directory of the CRI socket, and has its group.
extern const program::Row kRow;

}  // namespace zomg::resolver
