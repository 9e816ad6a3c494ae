#pragma once

namespace zomg::common {

/// Says what does not hold, and ends the process.
[[noreturn]] void end_for_a_bug(const char* file, int line, const char* condition);

}  // namespace zomg::common

/// Ends the process when `condition` is false, in release builds too: for states that cannot
/// happen unless the program itself is wrong. Failures of the environment are a Result instead.
#define CHECK(condition)                                             \
  do {                                                               \
    if (!(condition)) [[unlikely]] {                                 \
      ::zomg::common::end_for_a_bug(__FILE__, __LINE__, #condition); \
    }                                                                \
  } while (false)
