#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include "monitor/base/address_list.h"
#include "monitor/settings/settings.h"

namespace zomg::monitor {

/// What a connection can be guilty of (sshd_config(5) PerSourcePenalties).
enum class Offence : std::uint8_t {
  kAuthenticationFailed,  ///< authfail: it tried to log in and did not
  kNoAuthentication,      ///< noauth: it spoke, but did not try to log in
  kGraceExceeded,         ///< grace-exceeded: it did not log in in time
  kCrash,                 ///< crash: its connection process died of it
};

/// The sources that misbehaved, for as long as they are not served for it. As srclimit.c of
/// OpenSSH: each offence adds to a source's time; once `min` is reached it is refused until that
/// has passed.
class Penalties {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Penalties(const PenaltyRules& rules) : rules_(rules) {}

  void add(const Network& source, Offence offence, Clock::time_point now);
  bool refuses(const Network& source, Clock::time_point now);

 private:
  struct Penalty {
    Clock::time_point end;
    bool enforced = false;
  };

  std::chrono::seconds time_for(Offence offence) const;
  void forget_ended(Clock::time_point now);

  PenaltyRules rules_;
  std::map<Network, Penalty> penalties_;
  /// The same by their ends, the next one first.
  std::set<std::pair<Clock::time_point, Network>> by_end_;
};

}  // namespace zomg::monitor
