#include "sessiond/kubectl/stty_arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace zomg::kubectl {
namespace {

using testing::Contains;
using testing::HasSubstr;

termios usual() {
  termios modes{};
  modes.c_iflag = ICRNL | IXON;
  modes.c_oflag = OPOST | ONLCR;
  modes.c_lflag = ISIG | ICANON | ECHO;
  const std::pair<int, cc_t> characters[] = {
      {VINTR, 3},  {VQUIT, 28}, {VERASE, 127},  {VKILL, 21},   {VEOF, 4},   {VSTART, 17},
      {VSTOP, 19}, {VSUSP, 26}, {VREPRINT, 18}, {VWERASE, 23}, {VLNEXT, 22}};
  for (const auto& [index, value] : characters) modes.c_cc[index] = value;
  return modes;
}

TEST(TerminalWords, SayTheFlagsInOneCall) {
  const auto words = stty_arguments(usual());
  ASSERT_EQ(words.size(), 1U);
  EXPECT_THAT(words[0], HasSubstr(" icrnl "));
  EXPECT_THAT(words[0], HasSubstr(" -echonl"));
  EXPECT_THAT(words[0], HasSubstr(" -iutf8"));
}

TEST(TerminalWords, SayTheSpeed) {
  termios modes = usual();
  ASSERT_EQ(::cfsetspeed(&modes, B9600), 0);
  EXPECT_THAT(stty_arguments(modes), Contains("ispeed 9600"));
  EXPECT_THAT(stty_arguments(modes), Contains("ospeed 9600"));
}

TEST(TerminalWords, SayTheCharactersThatDiffer) {
  termios modes = usual();
  modes.c_cc[VERASE] = 8;
  modes.c_cc[VINTR] = _POSIX_VDISABLE;
  modes.c_cc[VKILL] = '@';
  modes.c_cc[VEOL] = 0xff;
  const auto words = stty_arguments(modes);
  EXPECT_THAT(words, Contains("erase ^H"));
  EXPECT_THAT(words, Contains("intr undef"));
  EXPECT_THAT(words, Contains("kill 64"));
  EXPECT_THAT(words, Contains("eol 255"));
  EXPECT_EQ(words.size(), 5U);
}

}  // namespace
}  // namespace zomg::kubectl
