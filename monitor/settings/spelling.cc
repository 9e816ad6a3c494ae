#include "monitor/settings/spelling.h"

#include <algorithm>
#include <vector>

namespace zomg::monitor {
namespace {

/// Optimal string alignment: insertions, deletions, replacements and swaps of neighbours.
std::size_t distance(std::string_view from, std::string_view to) {
  const std::size_t width = to.size() + 1;
  std::vector<std::size_t> cells((from.size() + 1) * width);
  const auto at = [&](std::size_t row, std::size_t column) -> std::size_t& {
    return cells[row * width + column];
  };
  for (std::size_t row = 0; row <= from.size(); ++row) at(row, 0) = row;
  for (std::size_t column = 0; column <= to.size(); ++column) at(0, column) = column;
  for (std::size_t row = 1; row <= from.size(); ++row) {
    for (std::size_t column = 1; column <= to.size(); ++column) {
      const bool same = from[row - 1] == to[column - 1];
      std::size_t best = std::min({at(row - 1, column) + 1, at(row, column - 1) + 1,
                                   at(row - 1, column - 1) + (same ? 0 : 1)});
      if (row > 1 && column > 1 && from[row - 1] == to[column - 2] &&
          from[row - 2] == to[column - 1]) {
        best = std::min(best, at(row - 2, column - 2) + 1);
      }
      at(row, column) = best;
    }
  }
  return at(from.size(), to.size());
}

}  // namespace

std::optional<std::string> nearest_name(std::string_view word, std::span<const std::string> names) {
  // No name of ours is half as long; the table of distances grows with it.
  constexpr std::size_t kLongestWord = 100;
  if (word.size() > kLongestWord) return std::nullopt;
  const std::string* nearest = nullptr;
  std::size_t least = word.size() / 3 + 2;  // a third of the word wrong is another word
  for (const std::string& name : names) {
    const std::size_t wrong = distance(word, name);
    if (wrong >= least) continue;
    least = wrong;
    nearest = &name;
  }
  if (nearest == nullptr) return std::nullopt;
  return *nearest;
}

}  // namespace zomg::monitor
