#include "listener/connection/connection.h"

#include <algorithm>
#include <iterator>

#include "common/base/io/deadline.h"
#include "common/ssh/login_name.h"
#include "listener/connection/requests/key_exchange.h"

namespace zomg::connection {
namespace {

using common::Failure;

/// What one read of a program's output takes when several sessions share the connection, so that
/// none waits long for another.
constexpr std::size_t kSharedBytes = 64 * 1024;

}  // namespace

common::Result<void> Connection::serve(common::Fd socket, const ssh::KeyExchangeParts& parts) {
  login_deadline_ = Clock::now() + login_grace_;
  auto transport = ssh::Transport::make(std::move(socket), parts, *this);
  if (!transport) {
    // The client was gone before our version string was sent.
    monitor_.report(messages::Event::kBareProbe);
    return transport.error();
  }
  transport_ = std::move(*transport);
  while (true) {
    monitor_.report_refused_calls();
    wait();
    if (!check_monitor()) {
      if (monitor_.ended() != Failure::kNone) transport_->disconnect(monitor_.ended());
      break;
    }
    const bool going = transport_->step();
    if (transport_->heard()) {
      heard_of_ = true;
      client_alive_.on_heard(Clock::now());
    }
    if (!going) {
      if (!heard_of_) {
        monitor_.report(messages::Event::kBareProbe);
      } else if (transport_->failed()) {
        monitor_.report(keys_exchanged_ ? messages::Event::kProtocolError
                                        : messages::Event::kKeyExchangeFailed);
        transport_->disconnect(Failure::kProtocolBroken);
      }
      break;
    }
    if (monitor_.ended() != Failure::kNone) {
      transport_->disconnect(monitor_.ended());
      break;
    }
    if (!check_login() || !check_client()) break;
    step_sessions();
    remove_closed_sessions();
    if (!check_use()) break;
    if (is_useless()) {
      transport_->disconnect(Failure::kGatewayStopping);
      break;
    }
  }
  monitor_.report_refused_calls();
  sessions_.clear();
  opened_.clear();
  transport_.reset();
  return {};
}

void Connection::admit_sessions() {
  std::move(opened_.begin(), opened_.end(), std::back_inserter(sessions_));
  opened_.clear();
}

void Connection::wait() {
  admit_sessions();
  poll_set_.clear();
  poll_set_.add(transport_->fd(),
                static_cast<short>(transport_->write_pending() ? POLLIN | POLLOUT : POLLIN));
  poll_set_.add(monitor_.fd(), POLLIN);
  const bool may_send = transport_->takes_output();
  for (const auto& session : sessions_) session->add_to(poll_set_, may_send);
  poll_set_.wait(timeout_ms());
}

int Connection::timeout_ms() const {
  if (transport_->has_bytes() || restless_) return 0;
  auto deadline = login_deadline_;
  if (authenticator_.authenticated()) {
    deadline = std::min(
        {client_alive_.deadline(), unused_.deadline(), pacing_.deadline(), transport_->deadline()});
    for (const auto& session : sessions_) deadline = std::min(deadline, session->deadline());
  }
  if (deadline == Clock::time_point::max()) return -1;
  return common::milliseconds_until(deadline);
}

bool Connection::check_monitor() {
  if (!poll_set_.has(monitor_.fd(), POLLIN)) return true;
  // Between our questions it says nothing but that the connection must end, or this is its own end.
  // Sessions do not need it; new ones and new keys do.
  monitor_.on_unasked_packet();
  transport_->stop_timed_rekeying();
  return authenticator_.authenticated();
}

bool Connection::is_useless() const {
  return !monitor_.alive() && sessions_.empty() && opened_.empty();
}

bool Connection::check_login() {
  if (authenticator_.authenticated()) return true;
  if (authenticator_.exhausted()) {
    monitor_.report(messages::Event::kTooManyAuthenticationFailures);
    transport_->disconnect(Failure::kTooManyAuthenticationFailures);
    return false;
  }
  if (Clock::now() >= login_deadline_) {
    monitor_.report(messages::Event::kLoginGraceTimeExceeded);
    transport_->disconnect(Failure::kLoginTooSlow);
    return false;
  }
  return true;
}

bool Connection::check_client() {
  if (!authenticator_.authenticated()) return true;
  switch (client_alive_.check(Clock::now())) {
    case ClientAlive::Verdict::kFine:
      return true;
    case ClientAlive::Verdict::kAsk:
      transport_->ask_for_an_answer();
      return true;
    case ClientAlive::Verdict::kGone:
      monitor_.report(messages::Event::kClientTimedOut);
      transport_->disconnect(Failure::kClientSilent);
      return false;
  }
  return true;
}

bool Connection::check_use() {
  if (!authenticator_.authenticated() || !sessions_.empty() || !opened_.empty()) ++uses_;
  if (unused_.check(Clock::now(), uses_) != IdleTimer::Verdict::kOver) return true;
  monitor_.report(messages::Event::kUnusedConnection);
  transport_->disconnect(Failure::kIdle);
  return false;
}

void Connection::pace_transfers() {
  std::uint64_t typed = 0;
  if (sessions_.size() > 1) {
    for (const auto& session : sessions_) typed += session->typed();
  }
  pacing_.look(typed, transport_->fd(), Clock::now());
  for (const auto& session : sessions_) {
    session->channel().limit_in_flight(session->has_terminal() ? InFlight::kUnlimited
                                                               : pacing_.most());
  }
}

void Connection::step_sessions() {
  admit_sessions();
  pace_transfers();
  // Who sits at a terminal goes first, so that echo is not queued behind a transfer; the others
  // take turns in being first.
  if (!sessions_.empty()) std::rotate(sessions_.begin(), sessions_.begin() + 1, sessions_.end());
  std::stable_partition(sessions_.begin(), sessions_.end(),
                        [](const auto& session) { return session->has_terminal(); });
  const auto running = std::count_if(sessions_.begin(), sessions_.end(),
                                     [](const auto& session) { return session->is_running(); });
  const std::size_t most = running > 1 ? kSharedBytes : kBulkBytes;
  const bool takes_output = transport_->takes_output();
  bool held_back = false;
  restless_ = false;
  for (const auto& session : sessions_) {
    // What one session writes may leave no room for the next, or begin a key exchange.
    const std::size_t limit = takes_output ? std::min(most, transport_->room()) : 0;
    if (limit < most) held_back = true;
    if (session->step(poll_set_, buffer_.span(), limit)) restless_ = true;
  }
  // Who had no turn for want of room has one now, if there is room since.
  restless_ = transport_->takes_output() && (restless_ || held_back);
}

void Connection::remove_closed_sessions() {
  std::erase_if(sessions_, [this](const auto& session) {
    if (!session->client_closed()) return false;
    transport_->release(session->channel());
    return true;
  });
}

bool Connection::sign_exchange(std::string_view hashed, std::string& signature) {
  const auto exchange = parse_key_exchange(hashed);
  keys_exchanged_ = exchange && monitor_.sign_exchange(*exchange, signature);
  return keys_exchanged_;
}

std::string Connection::banner(std::string_view login_name) const {
  std::string text = banner_;
  // The form alone, which is no secret: whether there is such a box a stranger does not learn.
  if (!common::parse_login_name(login_name)) {
    if (!text.empty() && !text.ends_with('\n')) text += '\n';
    text += sentence(Failure::kBadLoginName) + "\n";
  }
  return text;
}

AuthAnswer Connection::on_auth_request(const AuthRequest& request) {
  return authenticator_.answer(request);
}

bool Connection::has_room_for_session() const {
  return sessions_.size() + opened_.size() < max_sessions_;
}

ChannelEvents* Connection::on_session_open(Channel& channel) {
  if (!authenticator_.authenticated() || !has_room_for_session()) return nullptr;
  opened_.push_back(std::make_unique<Session>(channel, monitor_, idle_timeout_));
  return opened_.back().get();
}

void Connection::on_forwarding_refused() {
  monitor_.report(messages::Event::kForwardingRefused);
}

}  // namespace zomg::connection
