#include "listener/connection/ssh/transport.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <utility>

#include "common/base/limits.h"
#include "common/base/quoted.h"
#include "listener/connection/ssh/acknowledgements.h"
#include "listener/connection/ssh/algorithms.h"
#include "listener/connection/ssh/bind.h"
#include "listener/connection/ssh/libssh_transport.h"

namespace zomg::connection::ssh {

using common::error, common::Fd, common::Result;

namespace {

/// A step handles at most this much before the sessions have their turn.
constexpr int kMaxRoundsPerStep = 64;
/// What channels may have waiting for the client's socket: what is read of one program's output at once.
constexpr std::size_t kMostWaiting = 512 * 1024;
/// What a client has to say before it has logged in: twice what all keys come to that it may offer.
constexpr std::uint64_t kMaxBytesBeforeLogin =
    2 * limits::kMaxKeyQueries * limits::kMaxKeyBlobBytes;

}  // namespace

Result<void> LibsshTransport::start(Fd socket) {
  // There is no openssl.cnf in an empty root, and no system call to look for it.
  if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr) != 1) {
    return error("OPENSSL_init_crypto failed");
  }
  ssh_set_log_level(SSH_LOG_NOLOG);
  ssh_set_log_callback([](int, const char*, const char*, void*) {});
  session_.reset(ssh_new());
  event_.reset(ssh_event_new());
  if (!session_ || !event_) return error("ssh_new failed");
  const bool process_config = false;
  ssh_options_set(session_.get(), SSH_OPTIONS_PROCESS_CONFIG, &process_config);
  ssh_options_set(session_.get(), SSH_OPTIONS_REKEY_TIME, &kRekeySeconds);

  auto bind = make_bind(host_public_key_);
  if (!bind) return bind.error();
  if (ssh_bind_accept_fd(bind->get(), session_.get(), socket.release()) != SSH_OK) {
    return error("ssh_bind_accept_fd: {}", common::quoted(ssh_get_error(bind->get())));
  }
  ssh_set_auth_methods(session_.get(), SSH_AUTH_METHOD_PUBLICKEY);
  ssh_set_message_callback(session_.get(), on_message, this);
  ssh_set_blocking(session_.get(), 0);
  hasten_acknowledgements(fd());
  // Once before the session joins the event: this is what starts libssh's state machine.
  if (ssh_handle_key_exchange(session_.get()) == SSH_ERROR) {
    return error("key exchange: {}", common::quoted(ssh_get_error(session_.get())));
  }
  if (ssh_event_add_session(event_.get(), session_.get()) != SSH_OK) {
    return error("ssh_event_add_session failed");
  }
  return {};
}

bool LibsshTransport::over() const {
  return violated_ || ssh_is_connected(session_.get()) == 0 ||
         (ssh_get_status(session_.get()) & (SSH_CLOSED | SSH_CLOSED_ERROR)) != 0;
}

std::size_t LibsshTransport::room() const {
  return rekeying_.under_way() ? 0 : kMostWaiting - std::min(kMostWaiting, read_ahead_.unsent());
}

bool LibsshTransport::step() {
  if (rekeying_.under_way() && rekeying_.is_late(Rekeying::Clock::now())) violated_ = true;
  for (int round = 0; round < kMaxRoundsPerStep; ++round) {
    if (!session_opened_) hasten_acknowledgements(fd());
    const int status = ssh_event_dopoll(event_.get(), 0);
    if (!logged_in_ && read_ahead_.received() > kMaxBytesBeforeLogin) violated_ = true;
    // It may say OK on a session that has ended.
    if (status == SSH_ERROR || over()) return false;
    if (status == SSH_AGAIN) break;
  }
  return true;
}

void LibsshTransport::ask_for_an_answer() {
  // Every client answers a KEXINIT, too, and the question would wait behind it.
  if (rekeying_.under_way()) return;
  std::optional<std::uint32_t> open;
  for (const auto& channel : channels_) {
    if (channel->is_open()) open = channel->client_number();
  }
  send_keepalive(session_.get(), open);
}

bool LibsshTransport::failed() const {
  if (violated_) return true;
  if (ssh_get_error_code(session_.get()) != SSH_FATAL) return false;
  // The client's going is an error to libssh, too, but no fault of the client's.
  const std::string_view text = ssh_get_error(session_.get());
  return !text.starts_with("Socket error") && !text.starts_with("Received SSH_MSG_DISCONNECT");
}

void LibsshTransport::release(Channel& channel) {
  const auto found = std::find_if(channels_.begin(), channels_.end(),
                                  [&channel](const auto& mine) { return mine.get() == &channel; });
  if (found == channels_.end()) return;
  // Freeing it may read packets, and so add a channel to the list.
  const auto released = std::move(*found);
  channels_.erase(found);
}

Result<std::unique_ptr<Transport>> Transport::make(Fd socket, const KeyExchangeParts& parts,
                                                   TransportEvents& events) {
  auto transport = std::make_unique<LibsshTransport>(socket.get(), parts, events);
  if (auto started = transport->start(std::move(socket)); !started) return started.error();
  return std::unique_ptr<Transport>(std::move(transport));
}

}  // namespace zomg::connection::ssh
