#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "common/base/limits.h"
#include "common/messages/event.h"
#include "monitor/base/throttle.h"
#include "monitor/connections/penalties.h"
#include "monitor/connections/quotas.h"
#include "monitor/connections/startups.h"
#include "monitor/events/journal.h"
#include "monitor/login/login.h"
#include "monitor/settings/capacity.h"
#include "monitor/settings/settings.h"

namespace zomg::monitor {

/// Who is served: decided from the client's address alone, before a process is spent on it.
class Admission {
 public:
  using Clock = Penalties::Clock;

  Admission(const Settings& settings, const Capacity& capacity);

  /// Whether connections from `address` begin with a PROXY header. Such a peer speaks for others:
  /// nothing is counted or held against it.
  bool is_proxy(std::string_view address) const;

  /// A place among those that have not authenticated yet, or why there is none.
  struct Verdict {
    std::optional<messages::ConnectionRefusal> refusal;
    Startups::Place place;
  };
  Verdict admit(std::string_view address);
  /// The client behind a proxy is known now: whether it may go on in the proxy's `place`.
  std::optional<messages::ConnectionRefusal> admit_behind_proxy(std::string_view address,
                                                                Startups::Place& place);

  /// Logs and publishes that a client is not served. A flood of them is told in part.
  void tell_refusal(Journal& journal, const messages::Endpoint& client,
                    messages::ConnectionRefusal reason);

  /// A user with this credential logs in for this box, `<project>--<box>`.
  auto log_in(const Credential& credential, const std::string& box_name) {
    return quotas_.admit(credential.identity, box_name);
  }

  /// Connections that have not authenticated yet.
  std::size_t startups() const { return startups_.count(); }

  /// Holds an offence against `address`.
  void penalise(std::string_view address, Offence offence);

 private:
  std::optional<Network> source(std::string_view address) const;
  bool is_exempt(std::string_view address) const;

  NetBlockSize block_size_;
  std::vector<Network> proxies_;
  std::vector<Network> exempt_;
  Startups startups_;
  Penalties penalties_;
  Quotas quotas_;
  Throttle refusals_{limits::kRefusalBurst, limits::kRefusalInterval};
};

}  // namespace zomg::monitor
