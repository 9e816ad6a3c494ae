#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/messages/connection.h"
#include "common/messages/event.h"
#include "monitor/connections/admission.h"
#include "monitor/connections/penalties.h"
#include "monitor/connections/startups.h"
#include "monitor/events/journal.h"

namespace zomg::monitor {

/// Who is at the other end of a connection, and what it is guilty of.
class Peer {
 public:
  /// As the connection was accepted.
  struct Origin {
    messages::Endpoint client;
    messages::Endpoint server;
    /// `client` is a proxy that tells who the client is.
    bool proxied = false;
    /// Among the connections that have not authenticated yet.
    Startups::Place place;
  };

  Peer(std::uint64_t connection, Origin origin);

  /// The one that the PROXY header named, where one did.
  const messages::Endpoint& client() const { return origin_.client; }
  const messages::Endpoint& server() const { return origin_.server; }
  bool is_proxied() const { return origin_.proxied; }
  /// What each line of the log on this connection begins with.
  const std::string& log_prefix() const { return log_prefix_; }

  /// Takes the proxy's word for who the client is. False where that one is not served, which is told; an
  /// Error is a breach of contract.
  common::Result<bool> take_proxy_header(const messages::ProxyHeader& header, Admission& admission,
                                         Journal& journal);
  /// Publishes that the client spoke, the first time.
  void announce(Journal& journal);
  bool announced() const { return announced_; }
  /// It has authenticated.
  void leave_startups() { origin_.place.leave(); }

  void set_login_failed() { login_failed_ = true; }
  void set_grace_exceeded() { grace_exceeded_ = true; }
  /// It closed without a word, or had no chance to do anything else.
  void set_probed() { probed_ = true; }
  /// What it is guilty of when the connection ends before anybody has logged in.
  std::optional<Offence> offence() const;

 private:
  void name_for_the_log();

  std::uint64_t connection_;
  Origin origin_;
  std::string log_prefix_;
  bool announced_ = false;
  bool probed_ = false;
  bool login_failed_ = false;
  bool grace_exceeded_ = false;
};

}  // namespace zomg::monitor
