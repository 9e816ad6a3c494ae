#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace zomg::sessiond {

/// A user's entry in passwd(5).
struct PasswdEntry {
  std::string name = "root";
  unsigned uid = 0;
  unsigned gid = 0;
  /// Empty: nobody says; a session's is then what the container's HOME says.
  std::string home;
  std::string shell;
};

/// The entry for `uid` in the text of a passwd file. Lines that are no entries are passed over. Of
/// several for uid 0 the one named root counts, as it does for whoever logs in as root.
std::optional<PasswdEntry> find_passwd_entry(std::string_view text, unsigned uid);

/// The entry for the user `name`.
std::optional<PasswdEntry> find_passwd_entry(std::string_view text, std::string_view name);

/// The text of /etc/passwd as the calling process sees it, limits::kMaxPasswdBytes at most. A file
/// that is not regular, or cannot be read, counts as empty.
std::string read_passwd();

/// The same of etc/passwd below the directory `root`.
std::string read_passwd(int root);

}  // namespace zomg::sessiond
