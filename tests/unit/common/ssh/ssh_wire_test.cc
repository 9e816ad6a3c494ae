#include "common/ssh/ssh_wire.h"

#include <gtest/gtest.h>

namespace zomg::common {
namespace {

using namespace std::string_view_literals;

std::string mpint_packet(std::string_view bytes) {
  return WireWriter().string(bytes).bytes();
}

TEST(SshWire, ReadsWhatWasWritten) {
  WireWriter writer;
  writer.byte(7).uint32(0x01020304).string("text").raw("x");
  WireReader reader(writer.bytes());
  std::uint8_t byte = 0;
  std::uint32_t number = 0;
  std::string_view text;
  std::string_view raw;
  ASSERT_TRUE(reader.byte(byte) && reader.uint32(number) && reader.string(text) &&
              reader.raw(1, raw));
  EXPECT_EQ(byte, 7);
  EXPECT_EQ(number, 0x01020304U);
  EXPECT_EQ(text, "text");
  EXPECT_EQ(raw, "x");
  EXPECT_TRUE(reader.at_end());
}

TEST(SshWire, AStringLongerThanTheBytesFailsForGood) {
  WireReader reader("\0\0\0\5abcd"sv);
  std::string_view text;
  std::uint8_t byte = 0;
  EXPECT_FALSE(reader.string(text));
  EXPECT_FALSE(reader.byte(byte));
  EXPECT_FALSE(reader.at_end());
}

TEST(SshWire, AnMpintIsPositiveAndMinimal) {
  std::string_view magnitude;
  EXPECT_TRUE(WireReader(mpint_packet("\x00\x80"sv)).mpint(magnitude));
  EXPECT_EQ(magnitude.size(), 1U);
  EXPECT_TRUE(WireReader(mpint_packet("")).mpint(magnitude));
  EXPECT_FALSE(WireReader(mpint_packet("\x80"sv)).mpint(magnitude));
  EXPECT_FALSE(WireReader(mpint_packet("\x00\x7f"sv)).mpint(magnitude));
  EXPECT_FALSE(WireReader(mpint_packet("\x00"sv)).mpint(magnitude));
}

}  // namespace
}  // namespace zomg::common
