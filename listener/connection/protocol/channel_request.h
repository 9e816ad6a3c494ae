#pragma once

#include <sys/ioctl.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace zomg::connection {

/// A pty-req (RFC 4254 §6.2). TERM is not kept: sessions always get xterm-256color.
struct PtyRequest {
  winsize size{};
  /// As encoded; see terminal_modes.h.
  std::string modes;
};

/// The type-specific part of a pty-req; nothing when it is malformed. Dimensions over
/// kMaxTerminalDimension are cut to it; longer modes than kMaxTerminalModesBytes are malformed.
std::optional<PtyRequest> parse_pty_request(std::string_view payload);

/// The type-specific part of a window-change (RFC 4254 §6.7), bounded as above.
std::optional<winsize> parse_window_change(std::string_view payload);

/// An env request (RFC 4254 §6.4). The views point into the payload.
struct EnvRequest {
  std::string_view name;
  std::string_view value;
};
std::optional<EnvRequest> parse_env_request(std::string_view payload);

/// The one string of an exec or subsystem request (RFC 4254 §6.5).
std::optional<std::string_view> parse_string_request(std::string_view payload);

/// An SSH_MSG_CHANNEL_OPEN (RFC 4254 §5.1), after the message number, without what is specific to its type. The view
/// points into the payload.
struct ChannelOpen {
  std::string_view type;
  /// The channel's number at the client.
  std::uint32_t sender = 0;
  std::uint32_t window = 0;
  /// The most data that the client takes in a packet, and where that stands in the payload, in 4 bytes.
  std::uint32_t max_packet = 0;
  std::size_t max_packet_at = 0;
};
std::optional<ChannelOpen> parse_channel_open(std::string_view payload);

/// An SSH_MSG_CHANNEL_DATA or SSH_MSG_CHANNEL_EXTENDED_DATA (RFC 4254 §5.2), after the message
/// number. The view points into the payload.
struct ChannelData {
  std::uint32_t channel = 0;
  std::string_view bytes;
};
std::optional<ChannelData> parse_channel_data(std::string_view payload, bool extended);

/// The length of a break in milliseconds (RFC 4335 §3).
std::optional<std::uint32_t> parse_break_request(std::string_view payload);

}  // namespace zomg::connection
