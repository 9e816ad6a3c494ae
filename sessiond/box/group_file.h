#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace zomg::sessiond {

/// As initgroups(3): `primary`, and each group that has `user` as a member in the text of a group(5)
/// file, without repetition and kMaxSessionGroups at most. Lines that are no entries are passed over.
std::vector<gid_t> find_groups(std::string_view text, std::string_view user, gid_t primary);

/// The text of /etc/group as the calling process sees it; as read_passwd().
std::string read_group_file();

}  // namespace zomg::sessiond
