#pragma once

#include <string>
#include <string_view>

#include "common/ssh/ssh_wire.h"

namespace zomg::connection {

/// `value` as the uint32 of RFC 4251 §5.
inline std::string wire_uint32(std::uint32_t value) {
  return common::WireWriter().uint32(value).bytes();
}

/// `bytes` as the string of RFC 4251 §5.
inline std::string wire_string(std::string_view bytes) {
  return common::WireWriter().string(bytes).bytes();
}

}  // namespace zomg::connection
