#pragma once

#include "common/program/row.h"

namespace zomg::settings_reader {

/// Of zomg-ssh-settings-reader: it can read descriptor 0 and write to the others.
extern const program::Row kRow;

}  // namespace zomg::settings_reader
