#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace zomg::sessiond {

/// A line of /proc/PID/uid_map or gid_map (user_namespaces(7)): `count` ids of a user namespace,
/// from `inside` on, are those from `outside` on in ours.
struct IdRange {
  std::uint32_t inside = 0;
  std::uint32_t outside = 0;
  std::uint32_t count = 0;
  auto operator<=>(const IdRange&) const = default;
};

using IdMap = std::vector<IdRange>;

/// Parses the text of such a file.
common::Result<IdMap> parse_id_map(std::string_view text);

/// What the id `outside` is inside; nothing where it is none there.
std::optional<std::uint32_t> id_inside(const IdMap& map, std::uint32_t outside);

}  // namespace zomg::sessiond
