#include "common/base/seal.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <ctime>

namespace zomg::common {
namespace {

/// Not std::this_thread::sleep_for(): this is one call, which the filters of those who seal name.
void pause_between_tries() {
  constexpr timespec kPause{0, 5'000'000};
  (void)::clock_nanosleep(CLOCK_MONOTONIC, 0, &kPause, nullptr);
}

}  // namespace

Result<void> seal(int memfd, std::chrono::milliseconds patience) {
  constexpr int kSeals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (::fcntl(memfd, F_ADD_SEALS, kSeals) != 0) {
    if (errno != EBUSY || std::chrono::steady_clock::now() >= deadline) return errno_error("seal");
    pause_between_tries();
  }
  return {};
}

}  // namespace zomg::common
