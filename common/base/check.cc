#include "common/base/check.h"

#include <array>
#include <cstdio>
#include <cstdlib>

#include "common/base/log.h"

namespace zomg::common {

void end_for_a_bug(const char* file, int line, const char* condition) {
  std::array<char, 512> text{};
  const int size = std::snprintf(text.data(), text.size(), "bug: %s:%d: %s does not hold\n", file,
                                 line, condition);
  if (size > 0) log::put(text.data());
  std::abort();
}

}  // namespace zomg::common
