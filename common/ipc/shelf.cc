#include "common/ipc/shelf.h"

#include <sys/socket.h>

#include "common/ipc/receive.h"

namespace zomg::ipc {

using common::Fd;
using common::Result;

Result<Shelf> Shelf::empty(Fd& filler) {
  auto ends = common::make_packet_socketpair();
  if (!ends) return ends.error();
  filler = std::move(ends->first);
  return Shelf(std::move(ends->second));
}

Result<Shelf> Shelf::of(std::initializer_list<int> fds) {
  Fd filler;
  auto shelf = empty(filler);
  if (!shelf) return shelf;
  if (auto filled = fill_shelf(std::move(filler), fds); !filled) return filled.error();
  return shelf;
}

Result<void> fill_shelf(Fd filler, std::initializer_list<int> fds) {
  return Channel(std::move(filler)).send_packet("s", fds);  // an empty packet would be the end
}

Result<std::vector<Fd>> take_from_shelf(int socket) {
  auto packet = receive_packet(socket, MSG_PEEK);
  if (!packet) return packet.error();
  if (packet->fds.empty()) return common::error("a shelf that was never filled");
  return std::move(packet->fds);
}

}  // namespace zomg::ipc
