#include "sessiond/box/group_file.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "common/base/limits.h"
#include "sessiond/box/box_file.h"
#include "sessiond/box/invocation.h"

namespace zomg::sessiond {
namespace {

/// What comes before the next `end`, which is taken off `text` with it.
std::string_view take(std::string_view& text, char end) {
  const std::size_t at = text.find(end);
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return taken;
}

/// The group of a line `name:password:gid:user,user` that has `user` among its users.
std::optional<gid_t> group_with(std::string_view line, std::string_view user) {
  take(line, ':');
  take(line, ':');
  const std::string_view number = take(line, ':');
  gid_t gid = 0;
  const char* end = number.data() + number.size();
  const auto [parsed, status] = std::from_chars(number.data(), end, gid);
  if (number.empty() || status != std::errc() || parsed != end) return std::nullopt;
  while (!line.empty()) {
    if (take(line, ',') == user) return gid;
  }
  return std::nullopt;
}

}  // namespace

std::vector<gid_t> find_groups(std::string_view text, std::string_view user, gid_t primary) {
  std::vector<gid_t> groups{primary};
  if (user.empty()) return groups;
  while (!text.empty() && groups.size() < kMaxSessionGroups) {
    const auto group = group_with(take(text, '\n'), user);
    if (group && std::find(groups.begin(), groups.end(), *group) == groups.end()) {
      groups.push_back(*group);
    }
  }
  return groups;
}

std::string read_group_file() {
  return read_box_file("etc/group", limits::kMaxPasswdBytes);
}

}  // namespace zomg::sessiond
