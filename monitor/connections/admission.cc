#include "monitor/connections/admission.h"

#include <stdlib.h>

#include <algorithm>

#include "common/base/log.h"
#include "common/base/quoted.h"

namespace zomg::monitor {
namespace {

using messages::ConnectionRefusal;

std::optional<Network> parse(std::string_view address) {
  // A link-local address has its zone at the end, which tells one link from another, not sources.
  auto network = Network::parse(address.substr(0, address.find('%')));
  if (!network) return std::nullopt;
  return *network;
}

std::vector<Network> parse(const std::vector<std::string>& texts) {
  std::vector<Network> networks;
  for (const std::string& text : texts) {
    auto network = Network::parse(text);
    CHECK(network);  // the settings have been checked
    networks.push_back(*network);
  }
  return networks;
}

bool contain(const std::vector<Network>& networks, std::string_view address) {
  const auto wanted = parse(address);
  return wanted && std::any_of(networks.begin(), networks.end(),
                               [&](const Network& network) { return network.contains(*wanted); });
}

std::string_view describe(ConnectionRefusal reason) {
  switch (reason) {
    case ConnectionRefusal::kStopping:
      return "the gateway is stopping";
    case ConnectionRefusal::kTooManyConnections:
      return "there are too many connections";
    case ConnectionRefusal::kMaxStartups:
      return "too many have not authenticated yet (MaxStartups)";
    case ConnectionRefusal::kPerSourceMaxStartups:
      return "too many of its own have not authenticated yet (PerSourceMaxStartups)";
    case ConnectionRefusal::kPenalty:
      return "it is under a penalty (PerSourcePenalties)";
  }
  return "";
}

}  // namespace

Admission::Admission(const Settings& settings, const Capacity& capacity)
    : block_size_(settings.net_block_size),
      proxies_(parse(settings.proxy_protocol_from)),
      exempt_(parse(settings.penalty_exempt)),
      startups_(settings.max_startups, settings.per_source_max_startups,
                [] { return std::uint64_t{::arc4random_uniform(100)}; }),
      penalties_(settings.penalties),
      quotas_({capacity.connections, capacity.connections_per_key, capacity.connections_per_user,
               static_cast<std::size_t>(settings.max_window_mebibytes * 1024 * 1024)}) {}

bool Admission::is_proxy(std::string_view address) const {
  return contain(proxies_, address);
}

bool Admission::is_exempt(std::string_view address) const {
  return contain(exempt_, address) || is_proxy(address);
}

std::optional<Network> Admission::source(std::string_view address) const {
  auto network = parse(address);
  if (network) return network->block(block_size_);
  return std::nullopt;
}

Admission::Verdict Admission::admit(std::string_view address) {
  auto from = source(address);
  if (from && !is_exempt(address) && penalties_.refuses(*from, Clock::now())) {
    return {ConnectionRefusal::kPenalty, {}};
  }
  if (is_proxy(address)) from.reset();
  if (auto refusal = startups_.refuse(from)) return {refusal, {}};
  return {std::nullopt, startups_.take(from)};
}

std::optional<ConnectionRefusal> Admission::admit_behind_proxy(std::string_view address,
                                                               Startups::Place& place) {
  const auto from = source(address);
  CHECK(from);
  if (!is_exempt(address) && penalties_.refuses(*from, Clock::now())) {
    return ConnectionRefusal::kPenalty;
  }
  if (!place.move_to(*from)) return ConnectionRefusal::kPerSourceMaxStartups;
  return std::nullopt;
}

void Admission::tell_refusal(Journal& journal, const messages::Endpoint& client,
                             ConnectionRefusal reason) {
  if (!refusals_.lets_through(Clock::now())) return;
  const std::uint64_t untold = refusals_.take_held_back();
  log::info("refused a connection from {} port {}: {}{}", common::quoted(client.address),
            client.port, describe(reason),
            untold > 0 ? fmt::format("; {} more were refused before it", untold) : "");
  journal.publish(0, messages::ConnectionRefused{{}, client, reason, untold});
}

void Admission::penalise(std::string_view address, Offence offence) {
  const auto from = source(address);
  if (!from || is_exempt(address)) return;
  const auto now = Clock::now();
  const bool before = penalties_.refuses(*from, now);
  penalties_.add(*from, offence, now);
  if (!before && penalties_.refuses(*from, now)) {
    log::info("{} is not served for a while: it has misbehaved too often", common::quoted(address));
  }
}

}  // namespace zomg::monitor
