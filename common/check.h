#pragma once

#include <cstdio>
#include <cstdlib>

/// Ends the process when `condition` is false, in release builds too: for states that cannot
/// happen unless the program itself is wrong. Failures of the environment are a Result instead.
#define CHECK(condition)                                                                      \
  do {                                                                                        \
    if (!(condition)) [[unlikely]] {                                                          \
      std::fprintf(stderr, "bug: %s:%d: %s does not hold\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                           \
    }                                                                                         \
  } while (false)
