#include "listener/connection/protocol/terminal_modes.h"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "common/ssh/ssh_wire.h"

namespace zomg::connection {
namespace {

constexpr std::uint8_t kEnd = 0;
constexpr std::uint8_t kInputSpeed = 128;
constexpr std::uint8_t kOutputSpeed = 129;
constexpr std::uint8_t kFirstUndefined = 160;
constexpr std::uint32_t kDisabledCharacter = 255;

struct ControlCharacter {
  std::uint8_t opcode;
  std::size_t index;
};

constexpr std::array kControlCharacters{
    ControlCharacter{1, VINTR},   ControlCharacter{2, VQUIT},     ControlCharacter{3, VERASE},
    ControlCharacter{4, VKILL},   ControlCharacter{5, VEOF},      ControlCharacter{6, VEOL},
    ControlCharacter{7, VEOL2},   ControlCharacter{8, VSTART},    ControlCharacter{9, VSTOP},
    ControlCharacter{10, VSUSP},  ControlCharacter{12, VREPRINT}, ControlCharacter{13, VWERASE},
    ControlCharacter{14, VLNEXT}, ControlCharacter{16, VSWTC},    ControlCharacter{18, VDISCARD},
};

struct Flag {
  std::uint8_t opcode;
  tcflag_t termios::*field;
  tcflag_t bits;
};

constexpr std::array kFlags{
    Flag{30, &termios::c_iflag, IGNPAR}, Flag{31, &termios::c_iflag, PARMRK},
    Flag{32, &termios::c_iflag, INPCK},  Flag{33, &termios::c_iflag, ISTRIP},
    Flag{34, &termios::c_iflag, INLCR},  Flag{35, &termios::c_iflag, IGNCR},
    Flag{36, &termios::c_iflag, ICRNL},  Flag{37, &termios::c_iflag, IUCLC},
    Flag{38, &termios::c_iflag, IXON},   Flag{39, &termios::c_iflag, IXANY},
    Flag{40, &termios::c_iflag, IXOFF},  Flag{41, &termios::c_iflag, IMAXBEL},
    Flag{42, &termios::c_iflag, IUTF8},  Flag{50, &termios::c_lflag, ISIG},
    Flag{51, &termios::c_lflag, ICANON}, Flag{52, &termios::c_lflag, XCASE},
    Flag{53, &termios::c_lflag, ECHO},   Flag{54, &termios::c_lflag, ECHOE},
    Flag{55, &termios::c_lflag, ECHOK},  Flag{56, &termios::c_lflag, ECHONL},
    Flag{57, &termios::c_lflag, NOFLSH}, Flag{58, &termios::c_lflag, TOSTOP},
    Flag{59, &termios::c_lflag, IEXTEN}, Flag{60, &termios::c_lflag, ECHOCTL},
    Flag{61, &termios::c_lflag, ECHOKE}, Flag{62, &termios::c_lflag, PENDIN},
    Flag{70, &termios::c_oflag, OPOST},  Flag{71, &termios::c_oflag, OLCUC},
    Flag{72, &termios::c_oflag, ONLCR},  Flag{73, &termios::c_oflag, OCRNL},
    Flag{74, &termios::c_oflag, ONOCR},  Flag{75, &termios::c_oflag, ONLRET},
    Flag{92, &termios::c_cflag, PARENB}, Flag{93, &termios::c_cflag, PARODD},
};

struct CharacterSize {
  std::uint8_t opcode;
  tcflag_t size;
};

// A client that has CS8 sends both as true, CS8 after CS7 (RFC 4254 §8 lists them so).
constexpr std::array kCharacterSizes{CharacterSize{90, CS7}, CharacterSize{91, CS8}};

struct Speed {
  std::uint32_t baud;
  speed_t constant;
};

constexpr std::array kSpeeds{
    Speed{0, B0},           Speed{50, B50},         Speed{75, B75},         Speed{110, B110},
    Speed{134, B134},       Speed{150, B150},       Speed{200, B200},       Speed{300, B300},
    Speed{600, B600},       Speed{1200, B1200},     Speed{1800, B1800},     Speed{2400, B2400},
    Speed{4800, B4800},     Speed{9600, B9600},     Speed{19200, B19200},   Speed{38400, B38400},
    Speed{57600, B57600},   Speed{115200, B115200}, Speed{230400, B230400}, Speed{460800, B460800},
    Speed{921600, B921600},
};

template <typename Table>
const typename Table::value_type* find(const Table& table, std::uint8_t opcode) {
  const auto* found = std::find_if(table.begin(), table.end(),
                                   [opcode](const auto& row) { return row.opcode == opcode; });
  return found == table.end() ? nullptr : found;
}

void set_speed(int (*set)(termios*, speed_t), std::uint32_t baud, termios& settings) {
  for (const Speed& speed : kSpeeds) {
    if (speed.baud == baud) set(&settings, speed.constant);
  }
}

void apply_mode(std::uint8_t opcode, std::uint32_t argument, termios& settings) {
  if (opcode == kInputSpeed) {
    set_speed(::cfsetispeed, argument, settings);
  } else if (opcode == kOutputSpeed) {
    set_speed(::cfsetospeed, argument, settings);
  } else if (const auto* character = find(kControlCharacters, opcode)) {
    settings.c_cc[character->index] =
        argument == kDisabledCharacter ? _POSIX_VDISABLE : static_cast<cc_t>(argument);
  } else if (const auto* flag = find(kFlags, opcode)) {
    tcflag_t& field = settings.*flag->field;
    field = argument != 0 ? field | flag->bits : field & ~flag->bits;
  } else if (const auto* size = find(kCharacterSizes, opcode); size != nullptr && argument != 0) {
    settings.c_cflag = (settings.c_cflag & ~static_cast<tcflag_t>(CSIZE)) | size->size;
  }
}

}  // namespace

bool apply_terminal_modes(std::string_view encoded, termios& settings) {
  common::WireReader reader(encoded);
  while (!reader.at_end()) {
    std::uint8_t opcode = kEnd;
    std::uint32_t argument = 0;
    if (!reader.byte(opcode)) return false;
    if (opcode == kEnd || opcode >= kFirstUndefined) return true;
    if (!reader.uint32(argument)) return false;
    apply_mode(opcode, argument, settings);
  }
  return true;
}

}  // namespace zomg::connection
