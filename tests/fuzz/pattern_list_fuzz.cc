// A text, and after a NUL a list of patterns. Properties: the matcher agrees with one that tries
// everything, a list is the sum of its entries, and an address list takes whatever comes.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/check.h"
#include "monitor/base/address_list.h"
#include "monitor/base/pattern_list.h"

namespace {

/// By the table of all pairs of prefixes.
bool matches_by_table(std::string_view text, std::string_view pattern) {
  std::vector<char> row(text.size() + 1, 0);
  row[0] = 1;
  for (const char c : pattern) {
    char diagonal = row[0];
    row[0] = static_cast<char>(row[0] != 0 && c == '*');
    for (std::size_t i = 1; i <= text.size(); ++i) {
      const char above = row[i];
      if (c == '*') {
        row[i] = static_cast<char>(above != 0 || row[i - 1] != 0);
      } else {
        row[i] = static_cast<char>(diagonal != 0 && (c == '?' || c == text[i - 1]));
      }
      diagonal = above;
    }
  }
  return row[text.size()] != 0;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zomg::monitor;
  const std::string_view input(reinterpret_cast<const char*>(data),
                               std::min<std::size_t>(size, 512));
  const std::size_t split = input.find('\0');
  if (split == std::string_view::npos) return 0;
  const std::string_view text = input.substr(0, split);
  const std::string_view list = input.substr(split + 1);
  CHECK(matches_pattern(text, list) == matches_by_table(text, list));

  const auto patterns = PatternList::parse(list);
  bool positive = false;
  bool negative = false;
  const auto read = for_each_entry(list, [&](bool negated, std::string_view entry) {
    if (matches_by_table(text, entry)) (negated ? negative : positive) = true;
    return zomg::common::Result<void>();
  });
  CHECK(patterns.has_value() == read.has_value());
  if (patterns) CHECK(patterns->matches(text) == (positive && !negative));
  if (const auto addresses = AddressList::parse(list)) (void)addresses->matches(text);
  if (const auto networks = AddressList::parse_networks(list)) (void)networks->matches(text);
  return 0;
}
