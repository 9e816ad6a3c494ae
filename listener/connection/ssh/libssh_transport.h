#pragma once

#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <libssh/server.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "listener/connection/protocol/rekeying.h"
#include "listener/connection/ssh/libssh_channel.h"
#include "listener/connection/ssh/libssh_hooks.h"
#include "listener/connection/ssh/own_packets.h"
#include "listener/connection/ssh/read_ahead.h"
#include "listener/connection/ssh/signature_finding.h"
#include "listener/connection/ssh/transport.h"

namespace zomg::connection::ssh {

/// The Transport that there is. What the client asks for is in libssh_requests.cc.
class LibsshTransport final : public Transport, private LibsshHooks {
 public:
  LibsshTransport(int socket, const KeyExchangeParts& parts, TransportEvents& events)
      : read_ahead_(socket),
        host_public_key_(parts.host_public_key),
        cookie_(parts.cookie),
        events_(events) {
    install_hooks(this);
  }
  ~LibsshTransport() override {
    channels_.clear();
    if (event_ && session_) ssh_event_remove_session(event_.get(), session_.get());
    event_.reset();
    session_.reset();
    install_hooks(nullptr);
  }

  common::Result<void> start(common::Fd socket);

  int fd() const override { return read_ahead_.socket(); }
  bool step() override;
  bool has_bytes() const override { return read_ahead_.has_bytes(); }
  bool write_pending() const override {
    return (ssh_get_status(session_.get()) & SSH_WRITE_PENDING) != 0;
  }
  bool takes_output() const override { return !write_pending() && !rekeying_.under_way(); }
  std::size_t room() const override;
  std::chrono::steady_clock::time_point deadline() const override { return rekeying_.deadline(); }
  bool heard() override { return read_ahead_.take_heard(); }
  void ask_for_an_answer() override;
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
  bool sign_exchange(std::string_view hashed, std::string& signature) override {
    return events_.sign_exchange(hashed, signature);
  }
  std::string_view host_public_key() const override { return host_public_key_; }
  std::string take_cookie() override { return std::exchange(cookie_, {}); }
  void begin_auth_request(std::string_view payload) override;
  void signature_verified(bool holds) override {
    if (auth_request_) auth_request_->finding = finding_of(*auth_request_, holds, session_.get());
  }
  bool end_auth_request() override;
  void begin_channel_request(ssh_channel channel, std::string_view name,
                             std::string_view payload) override;
  const OpenRefusal* refuse_channel(const ChannelOpen& open) override;
  void on_channel_data(ssh_channel channel, std::string_view bytes, bool extended) override;
  ReadAhead& read_ahead() override { return read_ahead_; }
  void rekeying_begins() override { rekeying_.begin(Rekeying::Clock::now()); }
  void rekeying_ended() override { rekeying_.end(); }
  void packet_kept(std::size_t bytes) override {
    rekeying_.keep(bytes);
    if (rekeying_.keeps_too_much()) violated_ = true;
  }

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
  std::string cookie_;
  TransportEvents& events_;
  std::unique_ptr<ssh_session_struct, void (*)(ssh_session)> session_{nullptr, ssh_free};
  std::unique_ptr<ssh_event_struct, void (*)(ssh_event)> event_{nullptr, ssh_event_free};
  WindowBudget windows_;
  std::vector<std::unique_ptr<LibsshChannel>> channels_;
  Rekeying rekeying_;
  /// The channel that the client opens now; the view is of no use any more.
  ChannelOpen opening_;

  std::optional<AuthRequest> auth_request_;
  bool auth_replied_ = false;
  bool banner_sent_ = false;
  bool request_granted_ = false;
  bool session_opened_ = false;
  bool violated_ = false;
  bool logged_in_ = false;
};

}  // namespace zomg::connection::ssh
