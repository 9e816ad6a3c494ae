#include "listener/connection/protocol/channel_request.h"

#include <gtest/gtest.h>

#include "common/base/limits.h"
#include "tests/unit/listener/connection/protocol/wire_text.h"

namespace zomg::connection {
namespace {

std::string size(std::uint32_t columns, std::uint32_t rows) {
  return wire_uint32(columns) + wire_uint32(rows) + wire_uint32(640) + wire_uint32(480);
}

TEST(ChannelRequest, Pty) {
  const auto request = parse_pty_request(wire_string("vt100") + size(132, 50) + wire_string("M"));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->size.ws_col, 132);
  EXPECT_EQ(request->size.ws_row, 50);
  EXPECT_EQ(request->size.ws_xpixel, 640);
  EXPECT_EQ(request->size.ws_ypixel, 480);
  EXPECT_EQ(request->modes, "M");
}

TEST(ChannelRequest, DimensionsAreBounded) {
  const auto request = parse_window_change(size(0xffffffff, 65536));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->ws_col, 65535);
  EXPECT_EQ(request->ws_row, 65535);
}

TEST(ChannelRequest, PtyWithTooManyModesIsMalformed) {
  const std::string modes(limits::kMaxTerminalModesBytes + 1, '\1');
  EXPECT_FALSE(parse_pty_request(wire_string("x") + size(80, 24) + wire_string(modes)));
}

TEST(ChannelRequest, BytesMissingOrLeftOverAreMalformed) {
  EXPECT_FALSE(parse_pty_request(wire_string("x") + size(80, 24)));
  EXPECT_FALSE(parse_pty_request(wire_string("x") + size(80, 24) + wire_string("") + "x"));
  EXPECT_FALSE(parse_window_change(size(80, 24) + "x"));
  EXPECT_FALSE(parse_window_change(wire_uint32(80)));
  EXPECT_FALSE(parse_env_request(wire_string("LANG")));
  EXPECT_FALSE(parse_string_request(wire_string("ls") + "x"));
  EXPECT_FALSE(parse_break_request(""));
  EXPECT_FALSE(parse_channel_data(wire_uint32(1), false));
  EXPECT_FALSE(parse_channel_data(wire_uint32(1) + wire_string("ab") + "x", false));
  EXPECT_FALSE(parse_channel_data(wire_uint32(1) + wire_string("ab"), true));
}

TEST(ChannelRequest, EnvExecBreak) {
  const std::string env_packet = wire_string("LANG") + wire_string("C");
  const auto env = parse_env_request(env_packet);
  ASSERT_TRUE(env);
  EXPECT_EQ(env->name, "LANG");
  EXPECT_EQ(env->value, "C");
  EXPECT_EQ(parse_string_request(wire_string("ls -l")).has_value(), true);
  EXPECT_EQ(parse_break_request(wire_uint32(500)), 500u);
}

TEST(ChannelRequest, Open) {
  const std::string packet =
      wire_string("session") + wire_uint32(7) + wire_uint32(2097152) + wire_uint32(0x12345678);
  const auto open = parse_channel_open(packet);
  ASSERT_TRUE(open);
  EXPECT_EQ(open->type, "session");
  EXPECT_EQ(open->sender, 7U);
  EXPECT_EQ(open->window, 2097152U);
  EXPECT_EQ(open->max_packet, 0x12345678U);
  EXPECT_EQ(packet.substr(open->max_packet_at, 4), wire_uint32(0x12345678));
  // What is specific to a type follows.
  EXPECT_TRUE(parse_channel_open(packet + wire_string("127.0.0.1")));
  EXPECT_FALSE(parse_channel_open(packet.substr(0, packet.size() - 1)));
}

TEST(ChannelRequest, Data) {
  const std::string packet = wire_uint32(43) + wire_string("ab");
  const auto data = parse_channel_data(packet, false);
  ASSERT_TRUE(data);
  EXPECT_EQ(data->channel, 43U);
  EXPECT_EQ(data->bytes, "ab");
  const std::string extended_packet = wire_uint32(43) + wire_uint32(1) + wire_string("ab");
  const auto extended = parse_channel_data(extended_packet, true);
  ASSERT_TRUE(extended);
  EXPECT_EQ(extended->bytes, "ab");
}

}  // namespace
}  // namespace zomg::connection
