#include "listener/connection/protocol/channel_request.h"

#include <algorithm>

#include "common/base/limits.h"
#include "common/ssh/ssh_wire.h"

namespace zomg::connection {
namespace {

unsigned short bounded(std::uint32_t dimension) {
  return static_cast<unsigned short>(std::min(dimension, limits::kMaxTerminalDimension));
}

bool get_size(common::WireReader& reader, winsize& size) {
  std::uint32_t columns = 0;
  std::uint32_t rows = 0;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  if (!reader.uint32(columns) || !reader.uint32(rows) || !reader.uint32(width) ||
      !reader.uint32(height)) {
    return false;
  }
  size.ws_col = bounded(columns);
  size.ws_row = bounded(rows);
  size.ws_xpixel = bounded(width);
  size.ws_ypixel = bounded(height);
  return true;
}

}  // namespace

std::optional<PtyRequest> parse_pty_request(std::string_view payload) {
  common::WireReader reader(payload);
  std::string_view term;
  std::string_view modes;
  PtyRequest request;
  if (!reader.string(term) || !get_size(reader, request.size) || !reader.string(modes) ||
      !reader.at_end() || modes.size() > limits::kMaxTerminalModesBytes) {
    return std::nullopt;
  }
  request.modes = modes;
  return request;
}

std::optional<winsize> parse_window_change(std::string_view payload) {
  common::WireReader reader(payload);
  winsize size{};
  if (!get_size(reader, size) || !reader.at_end()) return std::nullopt;
  return size;
}

std::optional<EnvRequest> parse_env_request(std::string_view payload) {
  common::WireReader reader(payload);
  EnvRequest request;
  if (!reader.string(request.name) || !reader.string(request.value) || !reader.at_end()) {
    return std::nullopt;
  }
  return request;
}

std::optional<std::string_view> parse_string_request(std::string_view payload) {
  common::WireReader reader(payload);
  std::string_view text;
  if (!reader.string(text) || !reader.at_end()) return std::nullopt;
  return text;
}

std::optional<ChannelOpen> parse_channel_open(std::string_view payload) {
  common::WireReader reader(payload);
  ChannelOpen open;
  if (!reader.string(open.type) || !reader.uint32(open.sender) || !reader.uint32(open.window) ||
      !reader.uint32(open.max_packet)) {
    return std::nullopt;
  }
  // Behind the type, with its length, and two numbers.
  open.max_packet_at = sizeof(std::uint32_t) + open.type.size() + 2 * sizeof(std::uint32_t);
  return open;
}

std::optional<ChannelData> parse_channel_data(std::string_view payload, bool extended) {
  common::WireReader reader(payload);
  ChannelData data;
  std::uint32_t type = 0;
  if (!reader.uint32(data.channel) || (extended && !reader.uint32(type)) ||
      !reader.string(data.bytes) || !reader.at_end()) {
    return std::nullopt;
  }
  return data;
}

std::optional<std::uint32_t> parse_break_request(std::string_view payload) {
  common::WireReader reader(payload);
  std::uint32_t milliseconds = 0;
  if (!reader.uint32(milliseconds) || !reader.at_end()) return std::nullopt;
  return milliseconds;
}

}  // namespace zomg::connection
