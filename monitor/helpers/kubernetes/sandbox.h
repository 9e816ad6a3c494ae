#pragma once

#include "common/program/row.h"

namespace zomg::kubernetes {

/// Of zomg-ssh-kubernetes, which sees the directories of the credentials' files, where it is only looked
/// whether they changed.
extern const program::Row kRow;

}  // namespace zomg::kubernetes
