#include "common/base/count_remedy.h"

#include <cerrno>

namespace zomg::common {
namespace {

CountRemedy count_remedy = nullptr;

}  // namespace

void set_count_remedy(CountRemedy remedy) {
  count_remedy = remedy;
}

bool remedy_count() {
  const int error = errno;
  const bool remedied = count_remedy != nullptr && count_remedy();
  errno = error;
  return remedied;
}

}  // namespace zomg::common
