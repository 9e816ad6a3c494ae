#include "listener/connection/protocol/terminal_modes.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/unit/listener/connection/protocol/wire_text.h"

namespace zomg::connection {
namespace {

std::string mode(int opcode, std::uint32_t argument) {
  return std::string(1, static_cast<char>(opcode)) + wire_uint32(argument);
}

TEST(TerminalModes, FlagsAreSetAndCleared) {
  termios settings{};
  settings.c_lflag = ECHO | ICANON;
  ASSERT_TRUE(apply_terminal_modes(mode(53, 0) + mode(42, 1) + mode(72, 1) + '\0', settings));
  EXPECT_EQ(settings.c_lflag & (ECHO | ICANON), static_cast<tcflag_t>(ICANON));
  EXPECT_TRUE((settings.c_iflag & IUTF8) != 0);
  EXPECT_TRUE((settings.c_oflag & ONLCR) != 0);
}

TEST(TerminalModes, ControlCharacters) {
  termios settings{};
  ASSERT_TRUE(apply_terminal_modes(mode(1, 3) + mode(3, 127) + mode(6, 255) + '\0', settings));
  EXPECT_EQ(settings.c_cc[VINTR], 3);
  EXPECT_EQ(settings.c_cc[VERASE], 127);
  EXPECT_EQ(settings.c_cc[VEOL], _POSIX_VDISABLE);
}

TEST(TerminalModes, SpeedsAndCharacterSize) {
  termios settings{};
  ASSERT_TRUE(apply_terminal_modes(
      mode(90, 1) + mode(91, 1) + mode(128, 38400) + mode(129, 38400) + '\0', settings));
  EXPECT_EQ(settings.c_cflag & CSIZE, static_cast<tcflag_t>(CS8));
  EXPECT_EQ(cfgetospeed(&settings), static_cast<speed_t>(B38400));
  EXPECT_EQ(cfgetispeed(&settings), static_cast<speed_t>(B38400));
}

TEST(TerminalModes, AnOddSpeedIsLeftOut) {
  termios settings{};
  cfsetospeed(&settings, B9600);
  ASSERT_TRUE(apply_terminal_modes(mode(129, 12345), settings));
  EXPECT_EQ(cfgetospeed(&settings), static_cast<speed_t>(B9600));
}

TEST(TerminalModes, UnknownOpcodesAreSkippedAndHighOnesEnd) {
  termios settings{};
  ASSERT_TRUE(apply_terminal_modes(mode(99, 1) + mode(53, 1) + mode(160, 1) + "rubbish", settings));
  EXPECT_TRUE((settings.c_lflag & ECHO) != 0);
}

TEST(TerminalModes, EmptyIsFine) {
  termios settings{};
  EXPECT_TRUE(apply_terminal_modes("", settings));
}

TEST(TerminalModes, CutShortIsSaidAndAppliedSoFar) {
  termios settings{};
  EXPECT_FALSE(apply_terminal_modes(mode(53, 1) + "\x35\x01", settings));
  EXPECT_TRUE((settings.c_lflag & ECHO) != 0);
}

}  // namespace
}  // namespace zomg::connection
