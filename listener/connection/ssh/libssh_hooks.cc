#include "listener/connection/ssh/libssh_hooks.h"

#include <arpa/inet.h>
#include <libssh/libssh.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <cstring>

#include "common/base/limits.h"
#include "listener/connection/protocol/channel_request.h"
#include "listener/connection/ssh/libssh_hooks_host_key.h"
#include "listener/connection/ssh/own_packets.h"
#include "listener/connection/ssh/read_ahead.h"

using zomg::connection::ssh::LibsshHooks;
using zomg::connection::ssh::OpenRefusal;
using zomg::connection::ssh::refuse_open;

struct ssh_signature_struct;
struct ssh_socket_struct;

namespace {

LibsshHooks* live_hooks = nullptr;

/// A message number (RFC 4254 §9).
constexpr std::uint8_t kExtendedData = 95;
/// SSH_PACKET_USED of libssh: a packet needs no other handler.
constexpr int kPacketUsed = 1;

std::string_view unread(ssh_buffer buffer) {
  return {static_cast<const char*>(ssh_buffer_get(buffer)), ssh_buffer_get_len(buffer)};
}

/// Has libssh read a smaller size of packets than the client told, where that is larger than any that we send.
void limit_packets(ssh_buffer packet, const zomg::connection::ChannelOpen& open) {
  if (open.max_packet <= zomg::limits::kMaxPacketData) return;
  const std::uint32_t most = htonl(zomg::limits::kMaxPacketData);
  std::memcpy(static_cast<char*>(ssh_buffer_get(packet)) + open.max_packet_at, &most, sizeof(most));
}

}  // namespace

namespace zomg::connection::ssh {

void install_hooks(LibsshHooks* installed) {
  forget_exchange();
  live_hooks = installed;
}

LibsshHooks* installed_hooks() {
  return live_hooks;
}

}  // namespace zomg::connection::ssh

extern "C" {

// Of libssh's own, what its public headers do not declare.
int ssh_auth_reply_default(ssh_session session, int partial);
ssh_channel ssh_channel_from_local(ssh_session session, uint32_t id);

int __real_ssh_pki_signature_verify(ssh_session session, ssh_signature_struct* signature,
                                    ssh_key key, const unsigned char* data, size_t size);
int __real_ssh_packet_userauth_request(ssh_session session, uint8_t type, ssh_buffer packet,
                                       void* user);
int __real_ssh_message_handle_channel_request(ssh_session session, ssh_channel channel,
                                              ssh_buffer packet, const char* request,
                                              uint8_t want_reply);
int __real_ssh_packet_channel_open(ssh_session session, uint8_t type, ssh_buffer packet,
                                   void* user);
int __real_channel_rcv_data(ssh_session session, uint8_t type, ssh_buffer packet, void* user);
using Sntrup761Random = void(void* context, size_t size, uint8_t* bytes);
void __real_sntrup761_enc(uint8_t* ciphertext, uint8_t* key, const uint8_t* public_key,
                          void* context, Sntrup761Random* random);
ssize_t __real_recv(int fd, void* data, size_t size, int flags);
ssize_t __real_send(int fd, const void* data, size_t size, int flags);
int __real_poll(pollfd* fds, nfds_t count, int timeout);
int __real_ssh_send_rekex(ssh_session session);
int __real_ssh_socket_write(ssh_socket_struct* socket, const void* data, uint32_t size);

}  // extern "C"

namespace {

/// Random bytes of libssh's source, drawn at once and handed out in pieces.
struct RandomSupply {
  void* source_context;
  Sntrup761Random* source;
  // 4 bytes for each of 761 coefficients.
  std::array<std::uint8_t, 4 * 761> bytes{};
  std::size_t used = 0;
};

void draw(void* context, std::size_t size, std::uint8_t* target) {
  auto& supply = *static_cast<RandomSupply*>(context);
  if (size > supply.bytes.size() - supply.used) {
    return supply.source(supply.source_context, size, target);
  }
  std::memcpy(target, supply.bytes.data() + supply.used, size);
  supply.used += size;
}

}  // namespace

extern "C" {

int __wrap_ssh_pki_signature_verify(ssh_session session, ssh_signature_struct* signature,
                                    ssh_key key, const unsigned char* data, size_t size) {
  if (live_hooks == nullptr) return SSH_ERROR;
  // "Valid" only means here that libssh goes on and asks us, who ask the monitor. A plain "no"
  // would leave the client without a reply.
  live_hooks->signature_verified(
      __real_ssh_pki_signature_verify(session, signature, key, data, size) == SSH_OK);
  return SSH_OK;
}

int __wrap_ssh_packet_userauth_request(ssh_session session, uint8_t type, ssh_buffer packet,
                                       void* user) {
  if (live_hooks != nullptr) live_hooks->begin_auth_request(unread(packet));
  const int used = __real_ssh_packet_userauth_request(session, type, packet, user);
  // libssh drops what it cannot read without a word, and clients would wait for ever.
  if (live_hooks != nullptr && live_hooks->end_auth_request()) ssh_auth_reply_default(session, 0);
  return used;
}

int __wrap_ssh_message_handle_channel_request(ssh_session session, ssh_channel channel,
                                              ssh_buffer packet, const char* request,
                                              uint8_t want_reply) {
  if (live_hooks != nullptr) live_hooks->begin_channel_request(channel, request, unread(packet));
  return __real_ssh_message_handle_channel_request(session, channel, packet, request, want_reply);
}

int __wrap_ssh_packet_channel_open(ssh_session session, uint8_t type, ssh_buffer packet,
                                   void* user) {
  if (const auto open = zomg::connection::parse_channel_open(unread(packet));
      live_hooks != nullptr && open) {
    if (const OpenRefusal* refusal = live_hooks->refuse_channel(*open)) {
      refuse_open(session, open->sender, refusal->reason_code, sentence(refusal->why));
      return kPacketUsed;
    }
    limit_packets(packet, *open);
  }
  return __real_ssh_packet_channel_open(session, type, packet, user);
}

int __wrap_channel_rcv_data(ssh_session session, uint8_t type, ssh_buffer packet, void* user) {
  const bool extended = type == kExtendedData;
  const auto data = zomg::connection::parse_channel_data(unread(packet), extended);
  ssh_channel channel = data ? ssh_channel_from_local(session, data->channel) : nullptr;
  // Of what is malformed, or for no channel, libssh makes what it does.
  if (live_hooks == nullptr || channel == nullptr) {
    return __real_channel_rcv_data(session, type, packet, user);
  }
  live_hooks->on_channel_data(channel, data->bytes, extended);
  return kPacketUsed;
}

void __wrap_sntrup761_enc(uint8_t* ciphertext, uint8_t* key, const uint8_t* public_key,
                          void* context, Sntrup761Random* random) {
  // One call of OpenSSL for each coefficient takes longer than all of the arithmetic.
  RandomSupply supply{context, random};
  random(context, supply.bytes.size(), supply.bytes.data());
  __real_sntrup761_enc(ciphertext, key, public_key, &supply, draw);
  OPENSSL_cleanse(&supply.bytes, supply.bytes.size());
}

ssize_t __wrap_recv(int fd, void* data, size_t size, int flags) {
  if (live_hooks == nullptr || fd != live_hooks->read_ahead().socket()) {
    return __real_recv(fd, data, size, flags);
  }
  return live_hooks->read_ahead().receive(data, size);
}

ssize_t __wrap_send(int fd, const void* data, size_t size, int flags) {
  if (live_hooks == nullptr || fd != live_hooks->read_ahead().socket()) {
    return __real_send(fd, data, size, flags);
  }
  return live_hooks->read_ahead().send(data, size, flags);
}

int __wrap_ssh_socket_write(ssh_socket_struct* socket, const void* data, uint32_t size) {
  if (live_hooks != nullptr) live_hooks->read_ahead().on_kept(size);
  return __real_ssh_socket_write(socket, data, size);
}

int __wrap_ssh_send_rekex(ssh_session session) {
  if (live_hooks != nullptr) live_hooks->rekeying_begins();
  return __real_ssh_send_rekex(session);
}

int __wrap_poll(pollfd* fds, nfds_t count, int timeout) {
  return live_hooks == nullptr ? __real_poll(fds, count, timeout)
                               : live_hooks->read_ahead().poll(fds, count, timeout);
}

}  // extern "C"
