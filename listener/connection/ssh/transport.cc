#include "listener/connection/ssh/transport.h"

#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <libssh/server.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "listener/connection/ssh/acknowledgements.h"
#include "listener/connection/ssh/algorithms.h"
#include "listener/connection/ssh/bind.h"
#include "listener/connection/ssh/libssh_channel.h"
#include "listener/connection/ssh/read_ahead.h"
#include "listener/connection/ssh/seam.h"

namespace zomg::connection::ssh {
namespace {

using common::error, common::Fd, common::Result;

/// A step handles at most this much before the sessions have their turn.
constexpr int kMaxRoundsPerStep = 64;

/// SSH_OPEN_ADMINISTRATIVELY_PROHIBITED and SSH_OPEN_RESOURCE_SHORTAGE (RFC 4254 §5.1).
constexpr OpenRefusal kForwardingOff{1, common::Failure::kForwardingOff};
constexpr OpenRefusal kTooManySessions{4, common::Failure::kTooManySessions};

class LibsshTransport final : public Transport, private Seam {
 public:
  LibsshTransport(int socket, std::string_view host_public_key, TransportEvents& events)
      : read_ahead_(socket), host_public_key_(host_public_key), events_(events) {
    install_seam(this);
  }
  ~LibsshTransport() override {
    channels_.clear();
    if (event_ && session_) ssh_event_remove_session(event_.get(), session_.get());
    event_.reset();
    session_.reset();
    install_seam(nullptr);
  }

  Result<void> start(Fd socket);

  int fd() const override { return read_ahead_.socket(); }
  bool step() override;
  bool has_bytes() const override { return read_ahead_.has_bytes(); }
  bool write_pending() const override {
    return (ssh_get_status(session_.get()) & SSH_WRITE_PENDING) != 0;
  }
  bool heard() override { return read_ahead_.take_heard(); }
  void ask_for_an_answer() override { send_keepalive(session_.get()); }
  bool failed() const override;
  void stop_timed_rekeying() override {
    const std::uint32_t never = 0;
    ssh_options_set(session_.get(), SSH_OPTIONS_REKEY_TIME, &never);
  }
  void release(Channel& channel) override;
  void disconnect(common::Failure why) override {
    for (const auto& channel : channels_) channel->leave();
    channels_.clear();
    ssh_session_set_disconnect_message(session_.get(), sentence(why).c_str());
    ssh_disconnect(session_.get());
  }

 private:
  bool sign_exchange_hash(std::string_view hash, std::string& signature) override {
    return events_.sign_exchange_hash(hash, signature);
  }
  std::string_view host_public_key() const override { return host_public_key_; }
  void begin_auth_request(std::string_view payload) override;
  void signature_parsed() override { signature_parsed_ = true; }
  bool end_auth_request() override;
  void begin_channel_request(ssh_channel channel, std::string_view name,
                             std::string_view payload) override;
  const OpenRefusal* refuse_channel(std::string_view type, std::uint32_t sender) override;
  void on_channel_data(ssh_channel channel, std::string_view bytes, bool extended) override;
  ReadAhead& read_ahead() override { return read_ahead_; }

  // Messages of libssh. Each returns whether it has replied; otherwise libssh says no.
  static int on_message(ssh_session session, ssh_message message, void* user);
  bool on_auth(ssh_message message);
  bool on_service(ssh_message message);
  bool on_open(ssh_message message);
  bool on_channel_request(ssh_message message);
  bool on_global_request(ssh_message message);

  bool over() const;

  ReadAhead read_ahead_;
  std::string host_public_key_;
  TransportEvents& events_;
  std::unique_ptr<ssh_session_struct, void (*)(ssh_session)> session_{nullptr, ssh_free};
  std::unique_ptr<ssh_event_struct, void (*)(ssh_event)> event_{nullptr, ssh_event_free};
  std::vector<std::unique_ptr<LibsshChannel>> channels_;
  /// The number that the client gave the channel which it opens now.
  std::uint32_t opening_ = 0;

  std::optional<AuthRequest> auth_request_;
  bool signature_parsed_ = false;
  bool auth_replied_ = false;
  bool banner_sent_ = false;
  bool request_granted_ = false;
  bool session_opened_ = false;
  bool violated_ = false;
};

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
    return error("ssh_bind_accept_fd: {}", ssh_get_error(bind->get()));
  }
  ssh_set_auth_methods(session_.get(), SSH_AUTH_METHOD_PUBLICKEY);
  ssh_set_message_callback(session_.get(), on_message, this);
  ssh_set_blocking(session_.get(), 0);
  hasten_acknowledgements(fd());
  // Once before the session joins the event: this is what starts libssh's state machine.
  if (ssh_handle_key_exchange(session_.get()) == SSH_ERROR) {
    return error("key exchange: {}", ssh_get_error(session_.get()));
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

bool LibsshTransport::step() {
  for (int round = 0; round < kMaxRoundsPerStep; ++round) {
    if (!session_opened_) hasten_acknowledgements(fd());
    const int status = ssh_event_dopoll(event_.get(), 0);
    // It may say OK on a session that has ended.
    if (status == SSH_ERROR || over()) return false;
    if (status == SSH_AGAIN) break;
  }
  return true;
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

void LibsshTransport::begin_auth_request(std::string_view payload) {
  auth_request_ = parse_auth_request(payload);
  signature_parsed_ = false;
  auth_replied_ = false;
}

bool LibsshTransport::end_auth_request() {
  auth_request_.reset();
  if (auth_replied_) return false;
  events_.on_malformed_auth_request();
  return true;
}

void LibsshTransport::begin_channel_request(ssh_channel channel, std::string_view name,
                                            std::string_view payload) {
  request_granted_ = false;
  for (const auto& mine : channels_) {
    if (mine->handle() == channel && mine->events() != nullptr) {
      request_granted_ = mine->events()->on_request(name, payload);
    }
  }
}

const OpenRefusal* LibsshTransport::refuse_channel(std::string_view type, std::uint32_t sender) {
  opening_ = sender;
  if (type == "session") return events_.has_room_for_session() ? nullptr : &kTooManySessions;
  events_.on_forwarding_refused();
  return &kForwardingOff;
}

void LibsshTransport::on_channel_data(ssh_channel channel, std::string_view bytes, bool extended) {
  const auto found = std::find_if(channels_.begin(), channels_.end(), [channel](const auto& mine) {
    return mine->handle() == channel;
  });
  if (found == channels_.end() || !(*found)->receive(bytes, extended)) violated_ = true;
}

int LibsshTransport::on_message(ssh_session /*session*/, ssh_message message, void* user) {
  auto& self = *static_cast<LibsshTransport*>(user);
  bool replied = false;
  switch (ssh_message_type(message)) {
    case SSH_REQUEST_AUTH:
      replied = self.on_auth(message);
      break;
    case SSH_REQUEST_SERVICE:
      replied = self.on_service(message);
      break;
    case SSH_REQUEST_CHANNEL_OPEN:
      replied = self.on_open(message);
      break;
    case SSH_REQUEST_CHANNEL:
      replied = self.on_channel_request(message);
      break;
    case SSH_REQUEST_GLOBAL:
      replied = self.on_global_request(message);
      break;
  }
  return replied ? 0 : 1;
}

bool LibsshTransport::on_auth(ssh_message message) {
  auth_replied_ = true;
  if (!auth_request_) {
    events_.on_malformed_auth_request();
    return false;
  }
  if (!std::exchange(banner_sent_, true)) {
    send_banner(session_.get(), events_.banner(auth_request_->login_name));
  }
  const AuthAnswer answer = events_.on_auth_request(*auth_request_, signature_parsed_);
  if (answer == AuthAnswer::kKeyAcceptable) ssh_message_auth_reply_pk_ok_simple(message);
  if (answer == AuthAnswer::kSuccess) ssh_message_auth_reply_success(message, 0);
  return answer != AuthAnswer::kFailure;
}

bool LibsshTransport::on_service(ssh_message message) {
  const char* service = ssh_message_service_service(message);
  // The only other answer that RFC 4253 §10 knows is to disconnect.
  if (service == nullptr || std::strcmp(service, "ssh-userauth") != 0) {
    violated_ = true;
    return true;
  }
  ssh_message_service_reply_success(message);
  return true;
}

bool LibsshTransport::on_open(ssh_message message) {
  if (ssh_message_subtype(message) != SSH_CHANNEL_SESSION) return false;
  ssh_channel handle = ssh_channel_new(session_.get());
  if (handle == nullptr) return false;
  auto channel = std::make_unique<LibsshChannel>(session_.get(), handle, opening_);
  ChannelEvents* events = events_.on_session_open(*channel);
  if (events == nullptr) return false;
  channel->listen(events);
  channels_.push_back(std::move(channel));
  ssh_message_channel_request_open_reply_accept_channel(message, handle);
  channels_.back()->grow_window();
  session_opened_ = true;
  return true;
}

bool LibsshTransport::on_channel_request(ssh_message message) {
  if (!request_granted_) return false;
  ssh_message_channel_request_reply_success(message);
  return true;
}

bool LibsshTransport::on_global_request(ssh_message /*message*/) {
  // Only forwarding requests come here: libssh answers the others by itself.
  events_.on_forwarding_refused();
  return false;
}

}  // namespace

Result<std::unique_ptr<Transport>> Transport::make(Fd socket, std::string_view host_public_key,
                                                   TransportEvents& events) {
  auto transport = std::make_unique<LibsshTransport>(socket.get(), host_public_key, events);
  if (auto started = transport->start(std::move(socket)); !started) return started.error();
  return std::unique_ptr<Transport>(std::move(transport));
}

}  // namespace zomg::connection::ssh
