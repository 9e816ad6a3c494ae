#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/failure.h"
#include "listener/connection/protocol/channel_request.h"

struct ssh_channel_struct;
struct ssh_session_struct;

/// What libssh has no interface for. The linker routes these calls through us (`-Wl,--wrap=`, set
/// in CMakeLists.txt), so they end in the one LibsshHooks of this process:
///
///   EVP_DigestSign                      the host key's signature: asked of the monitor
///   sha256, sha512                      what the exchange hash is made of, for the monitor to hash
///   EVP_PKEY_new_raw_private_key        the host key: the true public half beside the dummy seed
///   ssh_get_random                      the cookie of the first KEXINIT: the monitor gives it
///   ssh_pki_signature_verify            the user's signature: the last word is the monitor's
///   ssh_packet_userauth_request         authentication requests, and a reply to every one of them
///   ssh_message_handle_channel_request  channel requests as they came, terminal modes included
///   ssh_packet_channel_open             refusals of channels, with a reason that users get to read, and the size
///                                       of packets
///   channel_rcv_data                    data of channels, with windows of our own
///   ssh_buffer_add_u8, ssh_packet_send  packets of our own (own_packets.h)
///   ssh_buffer_pass_bytes_end, ssh_packet_ignore_callback, ssh_packet_newkeys
///                                       packets that come when they should not (late_packets.h)
///   sntrup761_enc                       its 761 random numbers, drawn at once
///   recv, send, poll                    large reads, and writes that never block (read_ahead.h)
///   ssh_socket_write                    what libssh keeps of what it has to send
///   ssh_send_rekex, ssh_packet_newkeys  key exchanges, and
///   ssh_packet_send, ssh_list_append    what libssh keeps until they end
///
/// It fails closed: were a wrap not in place, the dummy seed would sign and clients would refuse
/// it, the monitor would sign no exchange with a cookie that it did not give, and no request would
/// ever reach it.
namespace zomg::connection::ssh {

class ReadAhead;

/// Why a channel is not opened (RFC 4254 §5.1).
struct OpenRefusal {
  unsigned reason_code = 0;
  common::Failure why = common::Failure::kNone;
};

class LibsshHooks {
 public:
  LibsshHooks() = default;
  LibsshHooks(const LibsshHooks&) = delete;
  LibsshHooks& operator=(const LibsshHooks&) = delete;

  /// Signs the hash of a key exchange with the host key; false when that failed. `hashed` is what
  /// the hash was made of (RFC 4253 §8).
  virtual bool sign_exchange(std::string_view hashed, std::string& signature) = 0;
  /// The host key's public half, 32 bytes.
  virtual std::string_view host_public_key() const = 0;
  /// The cookie of our first KEXINIT, 16 bytes; nothing when it was taken.
  virtual std::string take_cookie() = 0;
  /// An SSH_MSG_USERAUTH_REQUEST begins; `payload` starts after the message number.
  virtual void begin_auth_request(std::string_view payload) = 0;
  /// libssh read the request's signature; whether it found that it holds.
  virtual void signature_verified(bool holds) = 0;
  /// The request ends; true when it got no reply from libssh.
  virtual bool end_auth_request() = 0;
  /// The type-specific part of a channel request. The reply is given when libssh asks for it.
  virtual void begin_channel_request(ssh_channel_struct* channel, std::string_view name,
                                     std::string_view payload) = 0;
  /// A channel is to be opened: why not, or nullptr when it is left to libssh.
  virtual const OpenRefusal* refuse_channel(const ChannelOpen& open) = 0;
  /// Data of a channel, or extended data, which no client has to send (RFC 4254 §5.2).
  virtual void on_channel_data(ssh_channel_struct* channel, std::string_view bytes,
                               bool extended) = 0;
  virtual ReadAhead& read_ahead() = 0;
  /// Either side, after the login, sends a KEXINIT.
  virtual void rekeying_begins() = 0;
  /// The client has sent its NEWKEYS.
  virtual void rekeying_ended() = 0;
  /// libssh keeps a packet of so many bytes until a key exchange ends.
  virtual void packet_kept(std::size_t bytes) = 0;

 protected:
  ~LibsshHooks() = default;
};

/// Makes `hooks` the one that the calls end in; nullptr takes it away.
void install_hooks(LibsshHooks* hooks);
/// The one that is installed.
LibsshHooks* installed_hooks();

}  // namespace zomg::connection::ssh
