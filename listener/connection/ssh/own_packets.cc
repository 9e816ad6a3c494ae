#include "listener/connection/ssh/own_packets.h"

#include <libssh/libssh.h>
#include <libssh/server.h>

#include <utility>

#include "common/ssh/ssh_wire.h"
#include "listener/connection/ssh/libssh_hooks.h"

struct ssh_list;

extern "C" {

// Of libssh's own, what its public headers do not declare.
int ssh_packet_send_newkeys(ssh_session session);
int ssh_buffer_reinit(ssh_buffer buffer);

int __real_ssh_buffer_add_u8(ssh_buffer buffer, uint8_t byte);
int __real_ssh_packet_send(ssh_session session);
int __real_ssh_list_append(ssh_list* list, const void* item);

}  // extern "C"

namespace zomg::connection::ssh {
namespace {

using common::WireReader, common::WireWriter;

/// Message numbers (RFC 4252 §6, RFC 4254 §9).
constexpr std::uint8_t kUserauthBanner = 53;
constexpr std::uint8_t kGlobalRequest = 80;
constexpr std::uint8_t kOpenConfirmation = 91;
constexpr std::uint8_t kOpenFailure = 92;
constexpr std::uint8_t kWindowAdjust = 93;
constexpr std::uint8_t kChannelRequest = 98;

/// The packet that send_packet() puts in the place of libssh's next byte.
const std::string* own_packet = nullptr;
/// The window that the confirmation tells which libssh is about to send.
std::optional<std::uint32_t> first_window;

/// libssh is in ssh_packet_send(), and has not kept the packet.
bool sending = false;

/// libssh sends no packet of anybody else's. It has one function, though, that puts a single byte
/// in its output buffer and sends that; for the length of this call the byte is `packet`.
void send_packet(ssh_session session, const std::string& packet) {
  own_packet = &packet;
  ssh_packet_send_newkeys(session);
  own_packet = nullptr;
}

int add(ssh_buffer buffer, std::string_view bytes) {
  return ssh_buffer_add_data(buffer, bytes.data(), static_cast<std::uint32_t>(bytes.size()));
}

std::string_view unread(ssh_buffer buffer) {
  return {static_cast<const char*>(ssh_buffer_get(buffer)), ssh_buffer_get_len(buffer)};
}

/// An SSH_MSG_CHANNEL_OPEN_CONFIRMATION (RFC 4254 §5.1) with another window.
std::string confirmation_with(std::uint32_t window, std::string_view packet) {
  WireReader reader(packet);
  std::uint8_t type = 0;
  std::uint32_t client_number = 0;
  std::uint32_t number = 0;
  std::uint32_t libssh_window = 0;
  std::uint32_t most = 0;
  if (!reader.byte(type) || type != kOpenConfirmation || !reader.uint32(client_number) ||
      !reader.uint32(number) || !reader.uint32(libssh_window) || !reader.uint32(most)) {
    return std::string(packet);
  }
  WireWriter confirmation;
  confirmation.byte(type).uint32(client_number).uint32(number).uint32(window).uint32(most);
  return confirmation.bytes();
}

}  // namespace

void send_banner(ssh_session_struct* session, std::string_view text) {
  if (text.empty()) return;
  WireWriter banner;
  banner.byte(kUserauthBanner).string(text).string("");
  send_packet(session, banner.bytes());
}

void send_keepalive(ssh_session_struct* session, std::optional<std::uint32_t> channel) {
  WireWriter request;
  if (channel) {
    request.byte(kChannelRequest).uint32(*channel);
  } else {
    request.byte(kGlobalRequest);
  }
  request.string("keepalive@openssh.com").byte(1);
  send_packet(session, request.bytes());
}

void confirm_channel(ssh_message_struct* message, ssh_channel_struct* channel,
                     std::uint32_t window) {
  first_window = window;
  ssh_message_channel_request_open_reply_accept_channel(message, channel);
  first_window.reset();
}

void send_window_adjust(ssh_session_struct* session, std::uint32_t channel, std::uint32_t bytes) {
  WireWriter adjust;
  adjust.byte(kWindowAdjust).uint32(channel).uint32(bytes);
  send_packet(session, adjust.bytes());
}

void refuse_open(ssh_session_struct* session, std::uint32_t channel, std::uint32_t reason_code,
                 std::string_view why) {
  WireWriter refusal;
  refusal.byte(kOpenFailure).uint32(channel).uint32(reason_code).string(why).string("");
  send_packet(session, refusal.bytes());
}

}  // namespace zomg::connection::ssh

extern "C" {

int __wrap_ssh_packet_send(ssh_session session) {
  using zomg::connection::ssh::first_window;
  using zomg::connection::ssh::sending;
  // It may send a KEXINIT meanwhile, by itself.
  const bool before = std::exchange(sending, true);
  // A packet is reached only from where one of our own is put.
  const int status =
      first_window ? ssh_packet_send_newkeys(session) : __real_ssh_packet_send(session);
  sending = before;
  return status;
}

int __wrap_ssh_list_append(ssh_list* list, const void* item) {
  using namespace zomg::connection::ssh;
  // The only list that ssh_packet_send() appends to is that of the packets, each a buffer, which wait for the end of
  // a key exchange.
  if (std::exchange(sending, false) && installed_hooks() != nullptr) {
    installed_hooks()->packet_kept(
        ssh_buffer_get_len(static_cast<ssh_buffer>(const_cast<void*>(item))));
  }
  return __real_ssh_list_append(list, item);
}

int __wrap_ssh_buffer_add_u8(ssh_buffer buffer, uint8_t byte) {
  using namespace zomg::connection::ssh;
  if (const auto window = std::exchange(first_window, std::nullopt)) {
    const std::string confirmation = confirmation_with(*window, unread(buffer));
    ssh_buffer_reinit(buffer);
    return add(buffer, confirmation);
  }
  return own_packet == nullptr ? __real_ssh_buffer_add_u8(buffer, byte) : add(buffer, *own_packet);
}

}  // extern "C"
