#include "listener/connection/requests/monitor_link.h"

#include <cerrno>

#include "common/base/limits.h"
#include "common/sandbox/seccomp/newer_calls.h"
#include "common/sandbox/seccomp/refused_call.h"

namespace zomg::connection {

using common::Result;

template <typename Reply, typename Request>
Result<Reply> MonitorLink::ask(const Request& request, std::vector<common::Fd>* fds) {
  if (!channel_) return common::error("the monitor is gone");
  // A field over its bound is the client's doing, and no reason to part with the monitor.
  if (auto packet = ipc::encode(request); !packet) return packet.error();
  if (auto sent = channel_.send(request); !sent) {
    part(sent.error());
    return sent.error();
  }
  auto packet = receive();
  if (packet && take_end(*packet)) packet = common::error("the monitor ended the connection");
  auto reply = packet ? ipc::decode<Reply>(*packet) : packet.error();
  if (!reply) channel_.close();
  if (reply && fds != nullptr) *fds = std::move(packet->fds);
  return reply;
}

template <typename News>
void MonitorLink::tell(const News& news) {
  if (!channel_) return;
  if (auto sent = channel_.send(news); !sent) part(sent.error());
}

Result<ipc::Packet> MonitorLink::receive() const {
  auto packet = channel_.receive();
  // That it did not read all of ours comes first, and what it said is still there.
  if (!packet && packet.error().errno_value == ECONNRESET) packet = channel_.receive();
  return packet;
}

void MonitorLink::part(const common::Error& not_sent) {
  const bool gone = not_sent.errno_value == EPIPE || not_sent.errno_value == ECONNRESET;
  if (gone) {
    if (const auto last = receive(); last) take_end(*last);
  }
  channel_.close();
}

bool MonitorLink::take_end(const ipc::Packet& packet) {
  const auto end = ipc::decode<messages::EndConnection>(packet);
  if (end) ended_ = end->why;
  return end.has_value();
}

void MonitorLink::on_unasked_packet() {
  if (const auto packet = receive(); packet) take_end(*packet);
  channel_.close();
}

Result<messages::Welcome> MonitorLink::receive_welcome() {
  auto welcome = channel_.receive_message<messages::Welcome>();
  if (!welcome) channel_.close();
  return welcome;
}

bool MonitorLink::proxy_header(const messages::ProxyHeader& header) {
  auto reply = ask<messages::ProxyHeaderTaken>(header);
  return reply && reply->admitted;
}

bool MonitorLink::sign_exchange(const messages::SignExchange& exchange, std::string& signature) {
  auto reply = ask<messages::ExchangeHashSignature>(exchange);
  if (!reply) return false;
  signature = std::move(reply->signature.value);
  return true;
}

bool MonitorLink::check_key(const AuthRequest& request) {
  messages::CheckKey question;
  question.login_name.value = request.login_name;
  question.algorithm.value = request.algorithm;
  question.key.value = request.key;
  if (!ipc::encode(question)) report(messages::Event::kAuthenticationRequestRefused);
  auto reply = ask<messages::KeyChecked>(question);
  return reply && reply->acceptable;
}

bool MonitorLink::verify_user(const AuthRequest& request) {
  messages::VerifyUser question;
  question.login_name.value = request.login_name;
  question.algorithm.value = request.algorithm;
  question.key.value = request.key;
  question.signature.value = request.signature;
  question.host_bound = request.host_bound;
  question.finding = request.finding.value_or(messages::SignatureFinding::kUserFalse);
  if (!ipc::encode(question)) report(messages::Event::kAuthenticationRequestRefused);
  auto reply = ask<messages::UserVerified>(question);
  if (!reply || !reply->authenticated) return false;
  terminal_permitted_ = reply->terminal_permitted;
  window_bytes_ = reply->window_bytes;
  return true;
}

Result<MonitorLink::OpenedSession> MonitorLink::open_session(const messages::OpenSession& request) {
  std::vector<common::Fd> fds;
  auto reply = ask<messages::SessionOpened>(request, &fds);
  if (!reply) return reply.error();
  return OpenedSession{ipc::Channel(std::move(fds[0])), reply->session, reply->tell_sftp};
}

void MonitorLink::report_traffic(const messages::ReportTraffic& traffic) {
  tell(traffic);
}

void MonitorLink::report_sftp(const messages::ReportSftp& report) {
  tell(report);
}

void MonitorLink::report(const messages::Report& report) {
  if (!channel_ || reports_ >= limits::kMaxReportsPerConnection) return;
  ++reports_;
  tell(report);
}

void MonitorLink::report_refused_calls() {
  while (const char* const name = sandbox::take_refused_call()) {
    for (std::uint32_t i = 0; i < sandbox::kNewerCalls.size(); ++i) {
      if (std::string_view(name) != sandbox::kNewerCalls.at(i).name) continue;
      report(messages::Report{messages::Event::kSystemCallRefused, i});
      break;
    }
  }
}

}  // namespace zomg::connection
