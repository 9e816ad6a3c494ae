#include "common/base/log.h"
#include "common/base/quoted.h"
#include "monitor/connections/connection.h"

// Who the client of a connection is, and what it is guilty of.

namespace zomg::monitor {
namespace {

using common::Result;

bool is_address(std::string_view text) {
  return text.find('/') == std::string_view::npos && Network::parse(text);
}

}  // namespace

void Connection::name_for_the_log() {
  log_prefix_ = fmt::format("connection {} from {} port {}", id_,
                            common::quoted(peer_.client.address), peer_.client.port);
}

std::optional<Offence> Connection::offence() const {
  if (phase_ == Phase::kSession) return std::nullopt;
  if (grace_exceeded_) return Offence::kGraceExceeded;
  if (login_failed_) return Offence::kAuthenticationFailed;
  if (probed_) return std::nullopt;
  return Offence::kNoAuthentication;
}

Result<void> Connection::proxy_header(const messages::ProxyHeader& request) {
  if (!request.relayed) {
    advance();
    return channel_.send(messages::ProxyHeaderTaken{true});
  }
  if (!is_address(request.client.address) || !is_address(request.server.address)) {
    return common::error("an address that is none");
  }
  const std::string proxy = common::quoted(peer_.client.address);
  peer_.client = request.client;
  peer_.server = request.server;
  name_for_the_log();
  log::debug("{}: comes through {}", log_prefix_, proxy);
  const auto refusal = services_.admission.admit_behind_proxy(peer_.client.address, peer_.place);
  if (refusal) {
    services_.admission.tell_refusal(services_.journal, peer_.client, *refusal);
    probed_ = true;  // it had no chance to do anything else
    return channel_.send(messages::ProxyHeaderTaken{false});
  }
  advance();
  return channel_.send(messages::ProxyHeaderTaken{true});
}

}  // namespace zomg::monitor
