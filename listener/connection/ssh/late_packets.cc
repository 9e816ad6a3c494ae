#include "listener/connection/ssh/late_packets.h"

#include <libssh/libssh.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "common/base/limits.h"
#include "listener/connection/ssh/libssh_hooks.h"

extern "C" {

// Of libssh's own, what its public headers do not declare.
using PacketHandler = int(ssh_session session, uint8_t type, ssh_buffer packet, void* user);
PacketHandler ssh_packet_global_request, ssh_request_success, ssh_request_denied;
PacketHandler ssh_packet_channel_open, channel_rcv_change_window, channel_rcv_data;
PacketHandler channel_rcv_eof, channel_rcv_close, channel_rcv_request;
PacketHandler ssh_packet_channel_success, ssh_packet_channel_failure;
int ssh_buffer_prepend_data(ssh_buffer buffer, const void* data, uint32_t size);
uint32_t ssh_buffer_get_u8(ssh_buffer buffer, uint8_t* byte);

uint32_t __real_ssh_buffer_pass_bytes_end(ssh_buffer buffer, uint32_t size);
PacketHandler __real_ssh_packet_ignore_callback, __real_ssh_packet_newkeys;

}  // extern "C"

namespace zomg::connection::ssh {
namespace {

/// Message numbers (RFC 4250 §4.1.2).
constexpr std::uint8_t kIgnore = 2;
constexpr std::uint8_t kKeyExchangeInit = 20;
constexpr std::uint8_t kUserauthRequest = 50;
constexpr std::uint8_t kChannelOpen = 90;
/// SSH_PACKET_USED of libssh: a packet needs no other handler.
constexpr int kPacketUsed = 1;

/// Channels that a client may open until its new keys are there, and the packet of each: a session's has
/// 24 bytes, one for a forwarding, which is refused, its addresses.
constexpr std::size_t kMaxOpens = 2 * limits::kMaxSessionsPerConnection;
constexpr std::size_t kMaxOpenBytes = 1024;

struct Handled {
  std::uint8_t type;
  PacketHandler* handler;
};
constexpr std::array kBorne{
    Handled{80, ssh_packet_global_request},  Handled{81, ssh_request_success},
    Handled{82, ssh_request_denied},         Handled{kChannelOpen, ssh_packet_channel_open},
    Handled{93, channel_rcv_change_window},  Handled{94, channel_rcv_data},
    Handled{95, channel_rcv_data},           Handled{96, channel_rcv_eof},
    Handled{97, channel_rcv_close},          Handled{98, channel_rcv_request},
    Handled{99, ssh_packet_channel_success}, Handled{100, ssh_packet_channel_failure},
};

PacketHandler* handler_of(std::uint8_t type) {
  for (const Handled& borne : kBorne) {
    if (borne.type == type) return borne.handler;
  }
  return nullptr;
}

/// Where libssh puts each packet that it has decrypted.
ssh_buffer incoming = nullptr;
bool logged_in = false;
/// The client has sent its KEXINIT, and not yet its NEWKEYS.
bool exchanging = false;
/// The packet that is handled now looks like an SSH_MSG_IGNORE to libssh.
bool disguised = false;
/// For libssh opens no channel during a key exchange.
std::vector<std::string> opens;

/// Whether libssh would refuse a packet of this type now, and we do not.
bool is_late(std::uint8_t type, std::size_t size) {
  if (!logged_in) return false;
  if (type == kUserauthRequest) return true;
  return exchanging && handler_of(type) != nullptr &&
         (type != kChannelOpen || (opens.size() < kMaxOpens && size <= kMaxOpenBytes));
}

void look_at(ssh_buffer packet) {
  if (ssh_buffer_get_len(packet) == 0) return;
  const std::uint8_t type = *static_cast<const std::uint8_t*>(ssh_buffer_get(packet));
  if (logged_in && type == kKeyExchangeInit) {
    exchanging = true;
    if (installed_hooks() != nullptr) installed_hooks()->rekeying_begins();
  }
  if (is_late(type, ssh_buffer_get_len(packet)))
    disguised = ssh_buffer_prepend_data(packet, &kIgnore, 1) == 0;
}

int handle_late(ssh_session session, ssh_buffer packet, void* user) {
  std::uint8_t type = 0;
  ssh_buffer_get_u8(packet, &type);
  if (type == kChannelOpen) {
    opens.emplace_back(static_cast<const char*>(ssh_buffer_get(packet)),
                       ssh_buffer_get_len(packet));
    return kPacketUsed;
  }
  PacketHandler* const handler = handler_of(type);
  return handler == nullptr ? kPacketUsed : handler(session, type, packet, user);
}

void open_late(ssh_session session, void* user) {
  for (const std::string& open : std::exchange(opens, {})) {
    ssh_buffer packet = ssh_buffer_new();
    if (packet == nullptr) return;
    ssh_buffer_add_data(packet, open.data(), static_cast<std::uint32_t>(open.size()));
    ssh_packet_channel_open(session, kChannelOpen, packet, user);
    ssh_buffer_free(packet);
  }
}

}  // namespace

void bear_late_packets() {
  logged_in = true;
}

}  // namespace zomg::connection::ssh

extern "C" {

uint32_t __wrap_ssh_buffer_pass_bytes_end(ssh_buffer buffer, uint32_t size) {
  using namespace zomg::connection::ssh;
  // This takes a packet's padding away; what is left is what its filter sees next.
  const uint32_t passed = __real_ssh_buffer_pass_bytes_end(buffer, size);
  if (buffer == incoming) look_at(buffer);
  return passed;
}

int __wrap_ssh_packet_ignore_callback(ssh_session session, uint8_t type, ssh_buffer packet,
                                      void* user) {
  using namespace zomg::connection::ssh;
  if (std::exchange(disguised, false)) return handle_late(session, packet, user);
  return __real_ssh_packet_ignore_callback(session, type, packet, user);
}

int __wrap_ssh_packet_newkeys(ssh_session session, uint8_t type, ssh_buffer packet, void* user) {
  using namespace zomg::connection::ssh;
  const int used = __real_ssh_packet_newkeys(session, type, packet, user);
  incoming = packet;
  if (installed_hooks() != nullptr) installed_hooks()->rekeying_ended();
  if (std::exchange(exchanging, false)) open_late(session, user);
  return used;
}

}  // extern "C"
