#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace zomg::common {

/// RFC 4648 §4 with padding, without line breaks.
std::string encode_base64(std::string_view bytes);

/// The bytes of `text`, RFC 4648 §4 with padding; nothing for any other character.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace zomg::common
