#include "monitor/connections/connection.h"

#include <cstring>

#include "common/base/check.h"
#include "common/base/failure.h"
#include "common/base/limits.h"
#include "common/base/log.h"
#include "common/base/quoted.h"
#include "common/ipc/shortage.h"
#include "common/sandbox/seccomp/newer_calls.h"
#include "common/ssh/login_name.h"
#include "monitor/connections/report_text.h"
#include "monitor/connections/requests.h"
#include "monitor/keys/key_exchange.h"

namespace zomg::monitor {
namespace {

using common::Result;
using messages::Event;

/// The monitor waits a little longer than the connection process, which tells the client.
constexpr std::chrono::seconds kGraceSlack{5};

/// When a user is told no: several times later than the longest verification ends. sshd(8) takes
/// 5 ms, too.
constexpr std::chrono::nanoseconds kDenialTime = std::chrono::milliseconds(5);

}  // namespace

Connection::Connection(std::uint64_t id, const ConnectionServices& services, ipc::Channel channel,
                       Peer::Origin origin, std::string kexinit_cookie,
                       std::function<void()> on_close)
    : id_(id),
      services_(services),
      channel_(std::move(channel)),
      peer_(id, std::move(origin)),
      kexinit_cookie_(std::move(kexinit_cookie)),
      on_close_(std::move(on_close)),
      phase_(peer_.is_proxied() ? Phase::kProxyHeader : Phase::kKeyExchange) {
  services_.loop.watch(channel_.fd(), [this] { on_readable(); });
  grace_timer_ = services_.loop.after(services_.settings.login_grace_time + kGraceSlack, [this] {
    peer_.set_grace_exceeded();
    close();
  });
  log::debug("{}: accepted", peer_.log_prefix());
}

Connection::~Connection() {
  services_.loop.cancel(grace_timer_);
  services_.loop.cancel(denial_timer_);
  services_.loop.forget(channel_.fd());
  if (const auto guilty = peer_.offence(); guilty && phase_ != Phase::kSession) {
    services_.admission.penalise(client_address(), *guilty);
  }
  // What is left to be told of its sessions comes before its own end.
  sessions_.reset();
  if (peer_.announced()) {
    services_.journal.publish(
        id_, messages::ConnectionClosed{{}, login_.has_value(), microseconds_since(opened_)});
  }
}

void Connection::refuse(std::string_view login_name, std::string_view algorithm,
                        std::string_view key, std::string_view reason, common::Failure advice) {
  peer_.set_login_failed();
  const std::string print = fingerprint(key);
  using common::Failure;
  const bool nameless = !common::parse_login_name(login_name);
  log::info("{}: refused user {} with key {}: {}. {}", peer_.log_prefix(),
            common::quoted(login_name), print, reason,
            remedy(nameless ? Failure::kBadLoginName : advice));
  services_.journal.publish(
      id_, messages::AuthenticationRefused{{},
                                           login_name,
                                           algorithm,
                                           std::string_view(print),
                                           clipped<limits::kMaxNameBytes>(reason)});
}

void Connection::publish_login(std::string_view login_name) const {
  const Credential& credential = login_->credential;
  messages::AuthenticationAccepted event;
  event.login_name = login_name;
  event.algorithm = clipped<limits::kMaxAlgorithmBytes>(credential.algorithm);
  event.fingerprint = clipped<limits::kMaxFingerprintBytes>(credential.fingerprint);
  event.key_source = clipped<limits::kMaxKeySourceBytes>(credential.source);
  if (const auto& certificate = credential.certificate) {
    event.certificate = {clipped<limits::kMaxFingerprintBytes>(certificate->authority_fingerprint),
                         clipped<limits::kMaxNameBytes>(certificate->key_id), certificate->serial};
  }
  services_.journal.publish(id_, std::move(event));
}

void Connection::close() {
  log::debug("{}: closed", peer_.log_prefix());
  const auto on_close = on_close_;
  on_close();  // destroys this object
}

void Connection::on_readable() {
  auto packet = channel_.receive();
  if (packet && packet->closed()) return close();
  if (!packet && packet.error().errno_value == EAGAIN) return;
  const Result<void> handled = packet ? handle_request(*this, *packet) : packet.error();
  // The secret of a key exchange may be in it.
  if (packet) explicit_bzero(packet->bytes.data(), packet->bytes.size());
  // It died before it had or read an answer: an end like any other.
  const int cause = handled ? 0 : handled.error().errno_value;
  if (cause == EPIPE || cause == ECONNRESET) return close();
  if (!handled && packet && ipc::is_shortage(handled.error())) {
    log::error("{}: ended: {}", peer_.log_prefix(), handled.error().message);
    peer_.announce(services_.journal);
    return close();
  }
  if (!handled) {
    const std::string& violation = handled.error().message;
    log::warning("{}: broke the contract, ended: {}", peer_.log_prefix(), violation);
    peer_.announce(services_.journal);
    services_.journal.publish(
        id_, messages::ContractBroken{{}, clipped<limits::kMaxNameBytes>(violation)});
    close();
  }
}

bool Connection::count_request(std::size_t row, Times times, std::optional<Phase> next) {
  next_phase_ = next;
  return counts_.spend(row, times, EventLoop::Clock::now());
}

void Connection::advance() {
  CHECK(next_phase_.has_value());
  phase_ = *next_phase_;
}

Result<void> Connection::proxy_header(const messages::ProxyHeader& request) {
  const auto served = peer_.take_proxy_header(request, services_.admission, services_.journal);
  if (!served) return served.error();
  if (*served) advance();
  return channel_.send(messages::ProxyHeaderTaken{*served});
}

Result<void> Connection::sign_first_exchange(const messages::SignExchange& request) {
  peer_.announce(services_.journal);
  const auto hash = exchange_hash(request, services_.host_key.blob());
  if (!hash) return hash.error();
  // Were the identifier of the connection process's making alone, it could be another's, which a
  // user has signed already.
  if (!has_cookie(request.server_kexinit, kexinit_cookie_)) {
    return common::error("a first KEXINIT without the cookie that was given");
  }
  session_id_ = *hash;
  client_version_ = request.client_version;
  advance();
  return sign(*hash);
}

Result<void> Connection::sign_exchange(const messages::SignExchange& request) {
  const auto hash = exchange_hash(request, services_.host_key.blob());
  if (!hash) return hash.error();
  if (request.client_version.value != client_version_) {
    return common::error("another version string than at first");
  }
  return sign(*hash);
}

Result<void> Connection::sign(std::string_view hash) {
  const std::string signature = services_.host_key.sign(hash);
  return channel_.send(messages::ExchangeHashSignature{std::string_view(signature)});
}

Result<void> Connection::check_key(const messages::CheckKey& request) {
  auto checked = services_.authenticator.check(request);
  if (!checked) {
    refuse(request.login_name, request.algorithm, request.key, checked.error().message);
  }
  return channel_.send(messages::KeyChecked{checked.has_value()});
}

Result<void> Connection::verify_user(const messages::VerifyUser& request) {
  const auto begin = EventLoop::Clock::now();
  auto login =
      services_.authenticator.verify(request, session_id_, client_address(), std::time(nullptr));
  if (!login) {
    refuse(request.login_name, request.algorithm, request.key, login.error().message);
    deny(begin);
    return {};
  }
  advance();
  peer_.leave_startups();
  services_.loop.cancel(grace_timer_);
  auto [refusal, place] = services_.admission.log_in(login->credential, login->name.box_name());
  if (refusal != common::Failure::kNone) return refuse_for_quota(request, refusal);
  quota_ = std::move(place);
  login_ = std::move(*login);
  offer_ = messages::CheckKey{request.login_name, request.algorithm, request.key};
  expires_ = login_->options.expires;
  log::info("{}: authenticated {} with {}", peer_.log_prefix(), common::quoted(request.login_name),
            login_->credential.describe());
  publish_login(request.login_name);
  // The answer first: nothing of the box may show in when it comes.
  auto sent = channel_.send(messages::UserVerified{
      true, login_->options.terminal_permitted, static_cast<std::uint32_t>(quota_.window_bytes())});
  sessions_.emplace(services_, ConnectionSessions::Owner{id_, channel_, peer_, *login_});
  return sent;
}

void Connection::deny(EventLoop::Clock::time_point begin) {
  services_.loop.forget(channel_.fd());
  const auto taken = EventLoop::Clock::now() - begin;
  auto delay = kDenialTime;
  while (delay < taken) delay *= 2;
  denial_timer_ = services_.loop.after(delay - taken, [this] {
    services_.loop.watch(channel_.fd(), [this] { on_readable(); });
    // A connection process that is gone will be heard of by that.
    (void)channel_.send(messages::UserVerified{}).has_value();
  });
}

void Connection::end_if_revoked(std::time_t now) {
  if (!offer_) return;
  const auto permitted = services_.authenticator.permits(*offer_, client_address(), now);
  if (permitted) {
    expires_ = *permitted;
    return;
  }
  const std::string& reason = permitted.error().message;
  log::info("{}: ended, as {} with {} may log in no more: {}", peer_.log_prefix(),
            common::quoted(offer_->login_name), login_->credential.describe(), reason);
  services_.journal.publish(
      id_,
      messages::LoginRevoked{{},
                             offer_->login_name,
                             clipped<limits::kMaxFingerprintBytes>(login_->credential.fingerprint),
                             clipped<limits::kMaxNameBytes>(reason)});
  end(common::Failure::kKeyRevoked);
}

void Connection::end(common::Failure why) {
  // Said before sessiond's SIGTERM, so that the user learns the true reason. A connection process
  // that is gone, or does not read, has no more of us than one that was told.
  (void)channel_.send(messages::EndConnection{why}).has_value();
  if (sessions_) sessions_->terminate();
  close();
}

std::optional<EventLoop::Clock::time_point> Connection::unused_since() const {
  return sessions_ ? sessions_->unused_since() : opened_;
}

Result<void> Connection::refuse_for_quota(const messages::VerifyUser& request,
                                          common::Failure why) {
  std::string_view reason = common::happening(why);
  reason.remove_suffix(1);  // the full stop
  refuse(request.login_name, request.algorithm, request.key, reason, why);
  // A yes, so that the client reads the sentence; nothing comes of it.
  (void)channel_.send(messages::UserVerified{true, false, 0}).has_value();
  end(why);
  return {};
}

void Connection::end_if_expired(std::time_t now) {
  if (expires_ && now > *expires_) end_if_revoked(now);
}

Result<void> Connection::report(const messages::Report& request) {
  if (request.system_call >= sandbox::kNewerCalls.size()) {
    return common::error("a report of a system call that is not known");
  }
  if (request.event == Event::kSystemCallRefused) {  // the client's doing it is not
    log::warning("{}: {}", peer_.log_prefix(), describe(request));
    return {};
  }
  const bool probe = request.event == Event::kBareProbe && !peer_.announced();
  log::write(probe ? log::Level::kDebug : log::Level::kInfo,
             fmt::format("{}: {}", peer_.log_prefix(), describe(request)));
  if (probe) {
    peer_.set_probed();
    return {};
  }
  if (request.event == Event::kLoginGraceTimeExceeded) peer_.set_grace_exceeded();
  if (request.event == Event::kAuthenticationRequestRefused) peer_.set_login_failed();
  peer_.announce(services_.journal);
  services_.journal.publish(id_, messages::Reported{{}, request.event});
  return {};
}

}  // namespace zomg::monitor
