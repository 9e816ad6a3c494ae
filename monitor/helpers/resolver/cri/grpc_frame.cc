#include "monitor/helpers/resolver/cri/grpc_frame.h"

#include <cstdint>
#include <limits>

namespace zomg::resolver {
namespace {

/// One byte that says whether the message is compressed, and its length, big-endian.
constexpr std::size_t kPrefixBytes = 5;

}  // namespace

std::string frame(std::string_view message) {
  CHECK(message.size() <= std::numeric_limits<std::uint32_t>::max());
  std::string framed(1, '\0');
  for (int shift = 24; shift >= 0; shift -= 8) {
    framed += static_cast<char>(message.size() >> shift & 0xff);
  }
  return framed.append(message);
}

common::Result<std::string_view> unframe(std::string_view body) {
  if (body.size() < kPrefixBytes) return common::error("no gRPC message in the answer");
  if (body[0] != 0) return common::error("a compressed gRPC message, which was not asked for");
  std::size_t length = 0;
  for (std::size_t i = 1; i < kPrefixBytes; ++i) {
    length = length << 8 | static_cast<unsigned char>(body[i]);
  }
  body.remove_prefix(kPrefixBytes);
  if (body.size() != length) {
    return common::error("a gRPC message of {} bytes where {} were announced", body.size(), length);
  }
  return body;
}

}  // namespace zomg::resolver
