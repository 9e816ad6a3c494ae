#pragma once

#include <initializer_list>

#include "common/base/fd.h"

namespace zomg::common {

/// Blocks the signals and gives a descriptor that is readable when one has come (signalfd(2)).
Result<Fd> open_signals(std::initializer_list<int> signals);

/// The next signal of such a descriptor; 0 where none has come. Never waits.
int take_signal(int fd);

}  // namespace zomg::common
