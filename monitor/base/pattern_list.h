#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace zomg::monitor {

/// Whether all of `text` matches `pattern`, in which `*` stands for any characters and `?` for one
/// (ssh_config(5) PATTERNS). Takes at most the product of the two lengths in steps.
bool matches_pattern(std::string_view text, std::string_view pattern);

/// Calls `visit(negated, entry)` for each entry of a comma-separated list, without its `!`. Stops
/// at the first Error, and at an empty entry, which is one.
template <typename Visit>
common::Result<void> for_each_entry(std::string_view list, Visit visit) {
  while (true) {
    const std::size_t comma = list.find(',');
    std::string_view entry = list.substr(0, comma);
    const bool negated = entry.starts_with('!');
    if (negated) entry.remove_prefix(1);
    if (entry.empty()) return common::error("an empty entry in a list");
    if (auto visited = visit(negated, entry); !visited) return visited;
    if (comma == std::string_view::npos) return {};
    list.remove_prefix(comma + 1);
  }
}

/// A comma-separated list of patterns, each with a `!` before it when what matches is excluded.
class PatternList {
 public:
  /// An empty list, or an empty entry, is an Error.
  static common::Result<PatternList> parse(std::string_view list);

  /// True when a pattern matches and none that is negated does: a list of nothing but negated
  /// patterns matches nothing.
  bool matches(std::string_view text) const;

 private:
  struct Entry {
    std::string pattern;
    bool negated = false;
  };
  std::vector<Entry> entries_;
};

}  // namespace zomg::monitor
