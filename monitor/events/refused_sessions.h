#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "common/base/failure.h"
#include "common/base/limits.h"
#include "monitor/base/event_loop.h"
#include "monitor/base/throttle.h"
#include "monitor/events/journal.h"

namespace zomg::monitor {

/// Tells the journal of the sessions that are refused: some of each key's, out of a budget, and the
/// number of the others, as soon as the budget allows. The budget outlives the key's connections: whoever
/// leaves and comes back gets no new one. No number is lost.
class RefusedSessions {
 public:
  using Clock = Throttle::Clock;

  /// Keys beyond `most_keys` at a time share one budget.
  RefusedSessions(EventLoop& loop, Journal& journal,
                  std::size_t most_keys = limits::kMaxRefusedKeys)
      : loop_(loop), journal_(journal), most_keys_(most_keys) {}
  ~RefusedSessions() { loop_.cancel(timer_); }
  RefusedSessions(const RefusedSessions&) = delete;
  RefusedSessions& operator=(const RefusedSessions&) = delete;

  class Teller;

  /// Budgets of keys, without the one that is shared.
  std::size_t keys() const { return budgets_.size(); }
  /// Tells what was held back, where a budget allows one more event at `now`. Is called by time while
  /// anything is held back.
  void tell_rest(Clock::time_point now);

 private:
  struct Refusal {
    std::uint64_t connection = 0;
    std::uint32_t session = 0;
    common::Failure failure = common::Failure::kNone;
  };
  struct Budget {
    Throttle throttle{limits::kRefusalBurst, limits::kRefusalInterval};
    std::size_t tellers = 0;  ///< that have it
    Refusal held_back;        ///< the last one
  };

  Budget& budget(const std::string& key, Clock::time_point now);
  void publish(const Refusal& refusal, std::uint64_t untold);
  void tell_rest(Budget& budget, Clock::time_point now);
  void tell_rest_later();

  EventLoop& loop_;
  Journal& journal_;
  std::size_t most_keys_;
  std::map<std::string, Budget> budgets_;
  Budget shared_;
  EventLoop::TimerId timer_ = 0;  ///< while anything is held back
};

/// One connection's. The last one of a budget tells in its end the number of those that were not told
/// yet.
class RefusedSessions::Teller {
 public:
  /// `key` is what tells one credential from another (Credential::identity).
  Teller(RefusedSessions& all, std::string key, std::uint64_t connection)
      : all_(all), key_(std::move(key)), connection_(connection) {}
  ~Teller();
  Teller(const Teller&) = delete;
  Teller& operator=(const Teller&) = delete;

  void refuse(std::uint32_t session, common::Failure failure, Clock::time_point now);

 private:
  RefusedSessions& all_;
  std::string key_;
  std::uint64_t connection_;
  Budget* budget_ = nullptr;  ///< from its first refused session on
};

}  // namespace zomg::monitor
