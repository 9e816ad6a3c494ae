#include "sessiond/container/id_map.h"

#include <sstream>
#include <string>

namespace zomg::sessiond {

common::Result<IdMap> parse_id_map(std::string_view text) {
  IdMap map;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream numbers(line);
    IdRange range;
    if (!(numbers >> range.inside >> range.outside >> range.count)) {
      return common::error("an id map has the line `{}`", line);
    }
    map.push_back(range);
  }
  return map;
}

std::optional<std::uint32_t> id_inside(const IdMap& map, std::uint32_t outside) {
  for (const IdRange& range : map) {
    if (outside >= range.outside && outside - range.outside < range.count) {
      return range.inside + (outside - range.outside);
    }
  }
  return std::nullopt;
}

}  // namespace zomg::sessiond
