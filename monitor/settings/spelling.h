#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace zomg::monitor {

/// The name that whoever wrote `word` most likely meant: the nearest by edit distance (a swap of
/// neighbours counts once), if it is near enough to be a slip of the fingers.
std::optional<std::string> nearest_name(std::string_view word, std::span<const std::string> names);

}  // namespace zomg::monitor
