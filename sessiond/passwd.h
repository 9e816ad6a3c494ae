#pragma once

#include <string>
#include <string_view>

namespace zomg::sessiond {

/// A user's entry in passwd(5).
struct PasswdEntry {
  std::string name = "root";
  std::string home = "/";
  std::string shell;
};

/// The entry for `uid` in the text of a passwd file. A text without one gives root, `/` and no
/// shell. Lines that are no entries are passed over.
PasswdEntry find_passwd_entry(std::string_view text, unsigned uid);

/// The same from /etc/passwd as the calling process sees it; a file that is not regular, or cannot
/// be read, counts as empty. Reads limits::kMaxPasswdBytes at most.
PasswdEntry read_passwd_entry(unsigned uid);

}  // namespace zomg::sessiond
