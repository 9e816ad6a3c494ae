// The encoded terminal modes of a pty-req.
#include <termios.h>

#include <cstddef>
#include <cstdint>

#include "listener/connection/protocol/terminal_modes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  termios settings{};
  (void)zomg::connection::apply_terminal_modes({reinterpret_cast<const char*>(data), size},
                                               settings);
  return 0;
}
