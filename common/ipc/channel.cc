#include "common/ipc/channel.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

#include "common/base/check.h"
#include "common/base/count_remedy.h"
#include "common/base/limits.h"
#include "common/base/uninterrupted.h"
#include "common/ipc/receive.h"

namespace zomg::ipc {
namespace {

constexpr std::size_t kFdBytes = sizeof(int) * limits::kMaxPacketFds;

union ControlBuffer {
  cmsghdr alignment;
  std::array<char, CMSG_SPACE(kFdBytes)> bytes;
};

std::vector<common::Fd> take_fds(msghdr& header) {
  std::vector<common::Fd> fds;
  for (cmsghdr* cmsg = CMSG_FIRSTHDR(&header); cmsg != nullptr; cmsg = CMSG_NXTHDR(&header, cmsg)) {
    if (cmsg->cmsg_level != SOL_SOCKET || cmsg->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(cmsg) + i * sizeof(int), sizeof(int));
      fds.emplace_back(fd);
    }
  }
  return fds;
}

ssize_t send_message(int socket, const msghdr& header) {
  return common::uninterrupted([&] { return ::sendmsg(socket, &header, MSG_NOSIGNAL); });
}

}  // namespace

common::Result<void> Channel::send_packet(std::string_view packet,
                                          std::initializer_list<int> fds) const {
  CHECK(fds.size() <= limits::kMaxPacketFds);
  if (packet.size() > limits::kMaxPacketBytes) return common::Error{"packet too large", EMSGSIZE};
  iovec part{const_cast<char*>(packet.data()), packet.size()};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  ControlBuffer control{};
  if (fds.size() > 0) {
    header.msg_control = control.bytes.data();
    header.msg_controllen = CMSG_SPACE(sizeof(int) * fds.size());
    cmsghdr* cmsg = CMSG_FIRSTHDR(&header);
    cmsg->cmsg_level = SOL_SOCKET;
    cmsg->cmsg_type = SCM_RIGHTS;
    cmsg->cmsg_len = CMSG_LEN(sizeof(int) * fds.size());
    std::memcpy(CMSG_DATA(cmsg), fds.begin(), sizeof(int) * fds.size());
  }
  ssize_t sent = send_message(socket_.get(), header);
  if (sent < 0 && errno == ETOOMANYREFS && common::remedy_count()) {
    sent = send_message(socket_.get(), header);
  }
  if (sent < 0) return common::errno_error("sendmsg");
  return {};
}

bool Channel::all_received() const {
  int waiting = 0;
  return ::ioctl(socket_.get(), SIOCOUTQ, &waiting) == 0 && waiting == 0;
}

common::Result<Packet> Channel::receive() const {
  return receive_packet(socket_.get(), 0);
}

common::Result<Packet> receive_packet(int socket, int flags) {
  // Sized by a peek first, so that a packet of 50 bytes does not cost the buffer of the largest.
  const ssize_t size =
      common::uninterrupted([&] { return ::recv(socket, nullptr, 0, MSG_PEEK | MSG_TRUNC); });
  if (size < 0) return common::errno_error("recv");
  if (static_cast<std::size_t>(size) > limits::kMaxPacketBytes) {
    return common::Error{"a packet over the bound", EMSGSIZE};
  }
  Packet packet;
  packet.bytes.resize(static_cast<std::size_t>(size));
  iovec part{packet.bytes.data(), packet.bytes.size()};
  ControlBuffer control{};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control.bytes.data();
  header.msg_controllen = sizeof(control.bytes);
  const ssize_t received =
      common::uninterrupted([&] { return ::recvmsg(socket, &header, flags | MSG_CMSG_CLOEXEC); });
  if (received < 0) return common::errno_error("recvmsg");
  packet.fds = take_fds(header);
  packet.bytes.resize(static_cast<std::size_t>(received));
  // The control buffer's alignment leaves room for one descriptor more than the bound.
  if ((header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0 ||
      packet.fds.size() > limits::kMaxPacketFds) {
    return common::Error{"a packet with too many bytes or descriptors", EMSGSIZE};
  }
  return packet;
}

}  // namespace zomg::ipc
