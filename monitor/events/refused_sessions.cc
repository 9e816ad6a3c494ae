#include "monitor/events/refused_sessions.h"

namespace zomg::monitor {

RefusedSessions::Budget& RefusedSessions::budget(const std::string& key, Clock::time_point now) {
  const auto found = budgets_.find(key);
  if (found != budgets_.end()) return found->second;
  std::erase_if(budgets_, [now](const auto& entry) {
    return entry.second.tellers == 0 && entry.second.throttle.is_as_new(now);
  });
  return budgets_.size() < most_keys_ ? budgets_[key] : shared_;
}

void RefusedSessions::publish(const Refusal& refusal, std::uint64_t untold) {
  journal_.publish(refusal.connection,
                   messages::SessionRefused{{}, refusal.session, refusal.failure, untold});
}

void RefusedSessions::tell_rest(Clock::time_point now) {
  for (auto& [key, budget] : budgets_) tell_rest(budget, now);
  tell_rest(shared_, now);
}

void RefusedSessions::tell_rest(Budget& budget, Clock::time_point now) {
  if (budget.throttle.lets_rest_through(now)) {
    publish(budget.held_back, budget.throttle.take_held_back() - 1);
  }
  if (budget.throttle.has_held_back()) tell_rest_later();
}

void RefusedSessions::tell_rest_later() {
  if (timer_ != 0) return;
  timer_ = loop_.after(limits::kRefusalInterval, [this] {
    timer_ = 0;
    tell_rest(Clock::now());
  });
}

void RefusedSessions::Teller::refuse(std::uint32_t session, common::Failure failure,
                                     Clock::time_point now) {
  if (budget_ == nullptr) {
    budget_ = &all_.budget(key_, now);
    ++budget_->tellers;
  }
  const Refusal refusal{connection_, session, failure};
  if (budget_->throttle.lets_through(now)) {
    all_.publish(refusal, budget_->throttle.take_held_back());
  } else {
    budget_->held_back = refusal;
    all_.tell_rest_later();
  }
}

RefusedSessions::Teller::~Teller() {
  if (budget_ == nullptr || --budget_->tellers > 0) return;
  const std::uint64_t count = budget_->throttle.take_held_back();
  if (count > 0) all_.publish(budget_->held_back, count - 1);
}

}  // namespace zomg::monitor
