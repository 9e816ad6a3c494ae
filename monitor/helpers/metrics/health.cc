#include "monitor/helpers/metrics/health.h"

#include <algorithm>

#include "common/base/limits.h"

namespace zomg::metrics {
namespace {

void add_line(Health::Answer& answer, bool good, std::string_view what) {
  answer.good = answer.good && good;
  answer.text += good ? "ok    " : "wrong ";
  answer.text += what;
  answer.text += '\n';
}

}  // namespace

void Health::set(const messages::GatewayState& state, Clock::time_point now) {
  stuck_ = state_ && state_->accept_queue > 0 && state.accept_queue > 0 &&
           state_->accepted == state.accepted;
  state_ = state;
  told_ = now;
}

bool Health::monitor_answers(Clock::time_point now) const {
  return state_ && now - told_ <= limits::kMonitorSilence;
}

bool Health::listener_accepts() const {
  return state_ && state_->helpers.listener && !stuck_;
}

bool Health::has_keys() const {
  return std::any_of(sources_.sources.value.begin(), sources_.sources.value.end(),
                     [](const messages::KeySource& source) { return source.keys > 0; });
}

Health::Answer Health::alive(Clock::time_point now) const {
  Answer answer{true, {}};
  add_line(answer, monitor_answers(now), "the monitor answers");
  return answer;
}

Health::Answer Health::ready(Clock::time_point now) const {
  Answer answer = alive(now);
  add_line(answer, listener_accepts(), "the listener accepts connections");
  add_line(answer, has_keys(), "there are keys that may log in");
  add_line(answer, !state_ || !state_->stopping, "the gateway is not being stopped");
  return answer;
}

}  // namespace zomg::metrics
