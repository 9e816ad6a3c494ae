#pragma once

#include "common/program/row.h"

namespace zomg::keyring {

/// Of zomg-ssh-keyring, whose root has copies of what names are resolved by.
extern const program::Row kRow;

}  // namespace zomg::keyring
