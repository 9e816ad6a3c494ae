#include "monitor/connections/peer.h"

#include "common/base/log.h"
#include "common/base/quoted.h"

namespace zomg::monitor {
namespace {

using common::Result;

bool is_address(std::string_view text) {
  return text.find('/') == std::string_view::npos && Network::parse(text);
}

}  // namespace

Peer::Peer(std::uint64_t connection, Origin origin)
    : connection_(connection), origin_(std::move(origin)) {
  name_for_the_log();
}

void Peer::name_for_the_log() {
  log_prefix_ = fmt::format("connection {} from {} port {}", connection_,
                            common::quoted(origin_.client.address), origin_.client.port);
}

Result<bool> Peer::take_proxy_header(const messages::ProxyHeader& header, Admission& admission,
                                     Journal& journal) {
  if (!header.relayed) return true;
  if (!is_address(header.client.address) || !is_address(header.server.address)) {
    return common::error("an address that is none");
  }
  const std::string proxy = common::quoted(origin_.client.address);
  origin_.client = header.client;
  origin_.server = header.server;
  name_for_the_log();
  log::debug("{}: comes through {}", log_prefix_, proxy);
  const auto refusal = admission.admit_behind_proxy(origin_.client.address, origin_.place);
  if (!refusal) return true;
  admission.tell_refusal(journal, origin_.client, *refusal);
  set_probed();
  return false;
}

void Peer::announce(Journal& journal) {
  if (announced_) return;
  announced_ = true;
  journal.publish(connection_, messages::ConnectionOpened{{}, origin_.client, origin_.server});
}

std::optional<Offence> Peer::offence() const {
  if (grace_exceeded_) return Offence::kGraceExceeded;
  if (login_failed_) return Offence::kAuthenticationFailed;
  if (probed_) return std::nullopt;
  return Offence::kNoAuthentication;
}

}  // namespace zomg::monitor
