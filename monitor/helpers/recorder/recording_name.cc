#include "monitor/helpers/recorder/recording_name.h"

#include <ctime>

namespace zomg::recorder {
namespace {

/// The longest login name has 192 bytes. With the time, the numbers and the part, a file's name has
/// at most 255 (NAME_MAX); the whole login name is in the recording's title.
constexpr std::size_t kMaxLoginBytes = 180;

}  // namespace

std::string recording_name(const messages::RecordOrder& order,
                           std::chrono::system_clock::time_point now) {
  using std::chrono::microseconds;
  const auto us =
      std::chrono::duration_cast<microseconds>(now.time_since_epoch()).count() % 1'000'000;
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}.{:06}Z-{}-{}-{}", utc.tm_year + 1900,
                     utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec, us,
                     std::string_view(order.login_name).substr(0, kMaxLoginBytes), order.connection,
                     order.session);
}

std::string recording_title(const messages::RecordOrder& order) {
  return fmt::format("{}, connection {}, session {}", order.login_name.value, order.connection,
                     order.session);
}

}  // namespace zomg::recorder
