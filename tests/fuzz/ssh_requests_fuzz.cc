// What the connection process reads by itself of an SSH packet: authentication requests, channel
// requests and channel data. The first byte says which.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/base/check.h"
#include "common/base/limits.h"
#include "listener/connection/protocol/channel_request.h"
#include "listener/connection/requests/auth_request.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zomg::connection;
  if (size == 0) return 0;
  const std::string_view payload(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 8) {
    case 0: {
      const auto request = parse_auth_request(payload);
      // Only a public-key request can come with something to verify.
      CHECK(!request || request->public_key || !request->has_signature);
      break;
    }
    case 1: {
      const auto request = parse_pty_request(payload);
      CHECK(!request || request->modes.size() <= zomg::limits::kMaxTerminalModesBytes);
      break;
    }
    case 2:
      (void)parse_window_change(payload).has_value();
      break;
    case 3: {
      const auto request = parse_env_request(payload);
      CHECK(!request || request->name.size() + request->value.size() + 8 == payload.size());
      break;
    }
    case 4: {
      const auto text = parse_string_request(payload);
      CHECK(!text || text->size() + 4 == payload.size());
      break;
    }
    case 5:
      (void)parse_break_request(payload).has_value();
      break;
    default: {
      const bool extended = data[0] % 8 == 7;
      const auto sent = parse_channel_data(payload, extended);
      CHECK(!sent || sent->bytes.size() + (extended ? 12 : 8) == payload.size());
    }
  }
  return 0;
}
