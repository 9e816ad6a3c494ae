#include "monitor/helpers/keyring/schedule.h"

#include <algorithm>

#include "common/base/limits.h"

namespace zomg::keyring {
namespace {

std::chrono::milliseconds with_jitter(std::chrono::milliseconds delay, double random) {
  const double factor = 0.9 + 0.2 * random;
  return std::chrono::milliseconds(
      static_cast<std::int64_t>(static_cast<double>(delay.count()) * factor));
}

}  // namespace

void Schedule::succeeded(Clock::time_point now, double random) {
  backoff_ = {};
  due_ = now + with_jitter(refresh_, random);
}

void Schedule::failed(Clock::time_point now, std::chrono::seconds retry_after, double random) {
  backoff_ = backoff_.count() == 0 ? std::min(refresh_, limits::kFetchBackoff)
                                   : std::min(2 * backoff_, limits::kMaxFetchBackoff);
  const std::chrono::milliseconds wanted = std::min(retry_after, limits::kMaxRetryAfter);
  due_ = now + std::max(with_jitter(backoff_, random), wanted);
}

}  // namespace zomg::keyring
