// A value of a setting, as each kind reads it. Property: what is shown of it is read as the same.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/base/check.h"
#include "monitor/settings/values.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace values = zomg::monitor::values;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  constexpr std::chrono::seconds kLongest{1'000'000'000};
  if (const auto time = values::parse_duration(text, {}, kLongest)) {
    CHECK(*time <= kLongest);
    const auto again = values::parse_duration(values::show_duration(*time), {}, kLongest);
    CHECK(again && *again == *time);
  }
  if (const auto address = values::parse_listen_address(text)) {
    const auto again = values::parse_listen_address(values::show_listen_address(*address));
    CHECK(again && again->host == address->host && again->port == address->port);
  }
  if (const auto number = values::parse_whole(text, 3, 4000))
    CHECK(*number >= 3 && *number <= 4000);
  if (const auto path = values::parse_path(text, 100)) CHECK(path->at(0) == '/');
  (void)values::parse_yes_no(text).has_value();
  (void)values::parse_namespace(text).has_value();
  (void)values::parse_https_url(text).has_value();
  (void)values::split_list(text, 16).has_value();
  return 0;
}
