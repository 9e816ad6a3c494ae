#include <cstring>
#include <utility>

#include "listener/connection/ssh/late_packets.h"
#include "listener/connection/ssh/libssh_transport.h"

// What the client asks for: authentication, channels, and what is asked of these.

namespace zomg::connection::ssh {
namespace {

/// SSH_OPEN_ADMINISTRATIVELY_PROHIBITED and SSH_OPEN_RESOURCE_SHORTAGE (RFC 4254 §5.1).
constexpr OpenRefusal kForwardingOff{1, common::Failure::kForwardingOff};
constexpr OpenRefusal kTooManySessions{4, common::Failure::kTooManySessions};

}  // namespace

void LibsshTransport::begin_auth_request(std::string_view payload) {
  auth_request_ = parse_auth_request(payload);
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

const OpenRefusal* LibsshTransport::refuse_channel(const ChannelOpen& open) {
  opening_ = open;
  if (open.type == "session") return events_.has_room_for_session() ? nullptr : &kTooManySessions;
  events_.on_forwarding_refused();
  return &kForwardingOff;
}

void LibsshTransport::on_channel_data(ssh_channel channel, std::string_view bytes, bool extended) {
  for (const auto& mine : channels_) {
    if (mine->handle() == channel && mine->receive(bytes, extended)) return;
  }
  violated_ = true;
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
  const AuthAnswer answer = events_.on_auth_request(*auth_request_);
  if (answer == AuthAnswer::kKeyAcceptable) ssh_message_auth_reply_pk_ok_simple(message);
  if (answer == AuthAnswer::kSuccess) {
    ssh_message_auth_reply_success(message, 0);
    bear_late_packets();
    logged_in_ = true;
    windows_.set_total(events_.window_bytes());
  }
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
  auto channel =
      std::make_unique<LibsshChannel>(session_.get(), handle, opening_, windows_, rekeying_);
  ChannelEvents* events = events_.on_session_open(*channel);
  if (events == nullptr) return false;
  channel->listen(events);
  channels_.push_back(std::move(channel));
  confirm_channel(message, handle, channels_.back()->first_window());
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

}  // namespace zomg::connection::ssh
