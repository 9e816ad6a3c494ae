#include "monitor/helpers/recorder/terminal.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

namespace zomg::recorder {

using common::errno_error;
using common::Fd;
using common::Result;

Result<Terminal> Terminal::make() {
  Terminal made;
  made.master = Fd(::open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!made.master) return errno_error("/dev/ptmx");
  int locked = 0;
  if (::ioctl(made.master.get(), TIOCSPTLCK, &locked) != 0) return errno_error("TIOCSPTLCK");
  constexpr int kFlags = O_RDWR | O_NOCTTY | O_CLOEXEC;
  made.end = Fd(::ioctl(made.master.get(), TIOCGPTPEER, kFlags));  // NOLINT
  if (!made.end) return errno_error("TIOCGPTPEER");
  if (::setsid() < 0 || ::ioctl(made.end.get(), TIOCSCTTY, 0) != 0) return errno_error("TIOCSCTTY");
  if (auto set = common::set_nonblocking(made.end.get(), true); !set) return set.error();
  return made;
}

Result<void> hand_on_modes(int end, int master) {
  termios modes{};
  if (::tcgetattr(end, &modes) != 0 || ::tcsetattr(master, TCSANOW, &modes) != 0) {
    return errno_error("terminal modes");
  }
  ::cfmakeraw(&modes);
  if (::tcsetattr(end, TCSANOW, &modes) != 0) return errno_error("raw mode");
  auto size = window_size(end);
  if (!size) return size.error();
  if (::ioctl(master, TIOCSWINSZ, &*size) != 0) return errno_error("TIOCSWINSZ");
  return common::set_nonblocking(master, true);
}

Result<winsize> window_size(int fd) {
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) != 0) return errno_error("TIOCGWINSZ");
  return size;
}

bool is_terminal_master(int fd) {
  int number = 0;
  return ::ioctl(fd, TIOCGPTN, &number) == 0;
}

}  // namespace zomg::recorder
