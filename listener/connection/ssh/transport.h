#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "common/base/failure.h"
#include "common/base/fd.h"
#include "common/base/result.h"
#include "listener/connection/protocol/channel.h"
#include "listener/connection/requests/auth_request.h"
#include "listener/connection/requests/authenticator.h"

namespace zomg::connection::ssh {

/// What the SSH protocol asks of the rest of the process. Called from inside Transport::step() and
/// Channel::write(); nothing here may call back into the transport but to write on no channel.
class TransportEvents {
 public:
  /// The host key's signature over the hash of `hashed` (RFC 4253 §8); false when that failed.
  virtual bool sign_exchange(std::string_view hashed, std::string& signature) = 0;
  /// What the client is told before it authenticates, at its first request, which is for
  /// `login_name` (RFC 4252 §5.4); may be empty.
  virtual std::string banner(std::string_view login_name) const = 0;
  virtual AuthAnswer on_auth_request(const AuthRequest& request) = 0;
  virtual void on_malformed_auth_request() = 0;
  /// What all channels may let the client send ahead (window_budget.h); asked for after the login.
  virtual std::size_t window_bytes() const = 0;
  virtual bool has_room_for_session() const = 0;
  /// The client opens a session on `channel`, which stays until Transport::release(). Returns who
  /// takes the channel's events, or nullptr to refuse it.
  virtual ChannelEvents* on_session_open(Channel& channel) = 0;
  virtual void on_forwarding_refused() = 0;

 protected:
  ~TransportEvents() = default;
};

/// What the monitor gave for the key exchange.
struct KeyExchangeParts {
  /// The ed25519 host key's public half.
  std::string_view host_public_key;
  /// Of our first KEXINIT.
  std::string_view cookie;
};

/// The SSH protocol of one client, by libssh. Nothing outside this folder includes
/// <libssh/…>.
class Transport {
 public:
  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  virtual ~Transport() = default;

  /// Takes a connected TCP socket; sends our version string. One for a process.
  static common::Result<std::unique_ptr<Transport>> make(common::Fd socket,
                                                         const KeyExchangeParts& parts,
                                                         TransportEvents& events);

  virtual int fd() const = 0;
  /// Handles what the client sent and sends what waits. False when the connection is over.
  virtual bool step() = 0;
  /// Whether step() has work that poll(2) does not show.
  virtual bool has_bytes() const = 0;
  /// Whether bytes for the client wait for its socket.
  virtual bool write_pending() const = 0;
  /// Whether programs' outputs are to be read for the client: nothing waits for its socket, nor for the end of a key
  /// exchange.
  virtual bool takes_output() const = 0;
  /// The bytes that may be written on channels now.
  virtual std::size_t room() const = 0;
  /// When step() is to be called though nothing happens.
  virtual std::chrono::steady_clock::time_point deadline() const = 0;
  /// Whether the client has sent anything since this was last asked.
  virtual bool heard() = 0;
  /// Sends what every client answers, if only with a no: keepalive@openssh.com.
  virtual void ask_for_an_answer() = 0;
  /// Whether the end of the connection was the client's doing against the protocol.
  virtual bool failed() const = 0;
  /// No key re-exchange is begun on our side by time from now on.
  virtual void stop_timed_rekeying() = 0;
  /// Forgets a channel that the client has closed. Not from inside an event.
  virtual void release(Channel& channel) = 0;
  /// Sends SSH_MSG_DISCONNECT, which tells `why`, and closes the socket. Not from inside an event.
  virtual void disconnect(common::Failure why) = 0;
};

}  // namespace zomg::connection::ssh
