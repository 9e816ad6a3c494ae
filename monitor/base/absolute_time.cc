#include "monitor/base/absolute_time.h"

#include <strings.h>

#include <algorithm>
#include <charconv>

#include "common/base/quoted.h"

namespace zomg::monitor {
namespace {

using common::Result;

bool take_suffix(std::string_view& text, std::string_view suffix) {
  if (text.size() <= suffix.size()) return false;
  const std::string_view end = text.substr(text.size() - suffix.size());
  if (::strncasecmp(end.data(), suffix.data(), suffix.size()) != 0) return false;
  text.remove_suffix(suffix.size());
  return true;
}

/// The number in the next `digits` characters, all of them digits; 0 when there are none left.
int take_number(std::string_view& text, std::size_t digits) {
  const std::string_view part = text.substr(0, digits);
  text.remove_prefix(part.size());
  int number = 0;
  std::from_chars(part.data(), part.data() + part.size(), number);
  return number;
}

/// timegm() would carry a thirteenth month or a 30th of February over into the next.
bool is_calendar_day(const std::tm& time) {
  std::tm noon{};
  noon.tm_year = time.tm_year;
  noon.tm_mon = time.tm_mon;
  noon.tm_mday = time.tm_mday;
  noon.tm_hour = 12;
  ::timegm(&noon);
  return noon.tm_mon == time.tm_mon && noon.tm_mday == time.tm_mday;
}

}  // namespace

Result<std::time_t> parse_absolute_time(std::string_view text) {
  std::string_view rest = text;
  const bool utc = take_suffix(rest, "UTC") || take_suffix(rest, "Z");
  const bool digits =
      std::all_of(rest.begin(), rest.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits || (rest.size() != 8 && rest.size() != 12 && rest.size() != 14)) {
    return common::error("{} is not YYYYMMDD[HHMM[SS]][Z]", common::quoted(text));
  }
  std::tm time{};
  time.tm_year = take_number(rest, 4) - 1900;
  time.tm_mon = take_number(rest, 2) - 1;
  time.tm_mday = take_number(rest, 2);
  time.tm_hour = take_number(rest, 2);
  time.tm_min = take_number(rest, 2);
  time.tm_sec = take_number(rest, 2);
  time.tm_isdst = -1;
  if (time.tm_hour > 23 || time.tm_min > 59 || time.tm_sec > 60) {
    return common::error("{} is no time of the day", common::quoted(text));
  }
  if (!is_calendar_day(time))
    return common::error("{} is no day of the calendar", common::quoted(text));
  const std::time_t seconds = utc ? ::timegm(&time) : std::mktime(&time);
  if (seconds <= 0) return common::error("{} is before 1970", common::quoted(text));
  return seconds;
}

}  // namespace zomg::monitor
