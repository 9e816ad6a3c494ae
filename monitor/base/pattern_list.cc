#include "monitor/base/pattern_list.h"

namespace zomg::monitor {

bool matches_pattern(std::string_view text, std::string_view pattern) {
  constexpr std::size_t kNone = std::string_view::npos;
  std::size_t at_text = 0;
  std::size_t at_pattern = 0;
  // Only the last `*` is ever tried again: what an earlier one could take, it can take too. So
  // there is no recursion, and no exponential case.
  std::size_t star = kNone;
  std::size_t star_text = 0;
  while (at_text < text.size()) {
    if (at_pattern < pattern.size() && pattern[at_pattern] == '*') {
      star = at_pattern++;
      star_text = at_text;
    } else if (at_pattern < pattern.size() &&
               (pattern[at_pattern] == '?' || pattern[at_pattern] == text[at_text])) {
      ++at_text;
      ++at_pattern;
    } else if (star != kNone) {
      at_pattern = star + 1;
      at_text = ++star_text;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', at_pattern) == kNone;
}

common::Result<PatternList> PatternList::parse(std::string_view list) {
  PatternList patterns;
  auto read = for_each_entry(list, [&](bool negated, std::string_view entry) {
    patterns.entries_.push_back({std::string(entry), negated});
    return common::Result<void>();
  });
  if (!read) return read.error();
  return patterns;
}

bool PatternList::matches(std::string_view text) const {
  bool matched = false;
  for (const Entry& entry : entries_) {
    if (!matches_pattern(text, entry.pattern)) continue;
    if (entry.negated) return false;
    matched = true;
  }
  return matched;
}

}  // namespace zomg::monitor
