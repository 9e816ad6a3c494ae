#include "common/ssh/refusal.h"

#include <sys/socket.h>

#include "common/base/failure.h"

namespace zomg::common {

void refuse_client(int socket) {
  const std::string line = sentence(Failure::kNotServed) + "\r\n";
  ::send(socket, line.data(), line.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

}  // namespace zomg::common
