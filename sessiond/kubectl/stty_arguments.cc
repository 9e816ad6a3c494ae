#include "sessiond/kubectl/stty_arguments.h"

#include <fmt/core.h>
#include <unistd.h>

#include <array>

namespace zomg::kubectl {
namespace {

struct Flag {
  const char* word;
  tcflag_t bit;
};
constexpr std::array kInput{
    Flag{"ignpar", IGNPAR}, Flag{"parmrk", PARMRK},   Flag{"inpck", INPCK},
    Flag{"istrip", ISTRIP}, Flag{"inlcr", INLCR},     Flag{"igncr", IGNCR},
    Flag{"icrnl", ICRNL},   Flag{"ixon", IXON},       Flag{"ixany", IXANY},
    Flag{"ixoff", IXOFF},   Flag{"imaxbel", IMAXBEL}, Flag{"iutf8", IUTF8},
};
constexpr std::array kOutput{
    Flag{"opost", OPOST}, Flag{"olcuc", OLCUC}, Flag{"onlcr", ONLCR},
    Flag{"ocrnl", OCRNL}, Flag{"onocr", ONOCR}, Flag{"onlret", ONLRET},
};
constexpr std::array kLocal{
    Flag{"isig", ISIG},       Flag{"icanon", ICANON}, Flag{"echo", ECHO},
    Flag{"echoe", ECHOE},     Flag{"echok", ECHOK},   Flag{"echonl", ECHONL},
    Flag{"noflsh", NOFLSH},   Flag{"tostop", TOSTOP}, Flag{"iexten", IEXTEN},
    Flag{"echoctl", ECHOCTL}, Flag{"echoke", ECHOKE},
};

/// A special character, and what the kernel gives a new terminal (tty_std_termios).
struct Character {
  const char* word;
  int index;
  cc_t usual;
};
constexpr std::array kCharacters{
    Character{"intr", VINTR, 3},      Character{"quit", VQUIT, 28},
    Character{"erase", VERASE, 127},  Character{"kill", VKILL, 21},
    Character{"eof", VEOF, 4},        Character{"eol", VEOL, 0},
    Character{"eol2", VEOL2, 0},      Character{"start", VSTART, 17},
    Character{"stop", VSTOP, 19},     Character{"susp", VSUSP, 26},
    Character{"rprnt", VREPRINT, 18}, Character{"werase", VWERASE, 23},
    Character{"lnext", VLNEXT, 22},
};

struct Speed {
  speed_t code;
  unsigned baud;
};
/// RFC 4254 §8 has them in bits a second.
constexpr std::array kSpeeds{
    Speed{B300, 300},       Speed{B1200, 1200},     Speed{B2400, 2400},   Speed{B4800, 4800},
    Speed{B9600, 9600},     Speed{B19200, 19200},   Speed{B38400, 38400}, Speed{B57600, 57600},
    Speed{B115200, 115200}, Speed{B230400, 230400},
};

void add_speed(std::vector<std::string>& calls, const char* word, speed_t code) {
  for (const Speed& speed : kSpeeds) {
    if (speed.code == code && code != B38400) {
      calls.push_back(fmt::format("{} {}", word, speed.baud));
    }
  }
}

template <std::size_t N>
void add(std::string& words, const std::array<Flag, N>& flags, tcflag_t value) {
  for (const Flag& flag : flags) {
    words += fmt::format("{}{}{}", words.empty() ? "" : " ", (value & flag.bit) != 0 ? "" : "-",
                         flag.word);
  }
}

/// As every stty reads it: a control character with a caret, others by their number.
std::string character(cc_t value) {
  if (value == _POSIX_VDISABLE) return "undef";
  if (value < 0x20 || value == 0x7f) return std::string("^") + static_cast<char>(value ^ 0x40);
  return fmt::format("{}", value);
}

}  // namespace

std::vector<std::string> stty_arguments(const termios& modes) {
  std::vector<std::string> calls(1);
  add(calls[0], kInput, modes.c_iflag);
  add(calls[0], kOutput, modes.c_oflag);
  add(calls[0], kLocal, modes.c_lflag);
  for (const Character& c : kCharacters) {
    const cc_t value = modes.c_cc[c.index];
    if (value != c.usual) calls.push_back(fmt::format("{} {}", c.word, character(value)));
  }
  add_speed(calls, "ispeed", ::cfgetispeed(&modes));
  add_speed(calls, "ospeed", ::cfgetospeed(&modes));
  return calls;
}

}  // namespace zomg::kubectl
