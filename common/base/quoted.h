#pragma once

#include <string>
#include <string_view>

namespace zomg::common {

/// Text that others chose, for the middle of a sentence in the log or of an Error: a name of a
/// client, a box or a file, a comment of a key, the words of a library. One plain word stays as it
/// is; anything else, and nothing, is put in double quotes, with a backslash before `"` and `\`, and
/// what is not printable ASCII as \xNN. So nobody's name ends where the sentence goes on, and none
/// can pass for another field of the line.
std::string quoted(std::string_view text);

/// What is not printable ASCII as \xNN: the last line of defence, for a whole line.
std::string printable(std::string_view text);

}  // namespace zomg::common
