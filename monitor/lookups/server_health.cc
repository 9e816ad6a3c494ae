#include "monitor/lookups/server_health.h"

#include <algorithm>

#include "common/base/limits.h"

namespace zomg::monitor {
namespace {

/// A no takes two answers of the server, of its cache and of its store; each may take twice as long
/// as the slowest of late.
constexpr int kGraceInAnswers = 4;

}  // namespace

void ServerHealth::ask(Clock::time_point now) {
  if (!quiet_since_) quiet_since_ = now;
}

void ServerHealth::hear(bool fails, Clock::duration took, bool others, Clock::time_point now) {
  fails_ = fails;
  if (!fails) takes_ = std::max(took, takes_ * 7 / 8);
  start(others, now);
}

void ServerHealth::start(bool asked, Clock::time_point now) {
  quiet_since_ = asked ? std::optional(now) : std::nullopt;
}

ServerHealth::Clock::duration ServerHealth::grace() const {
  return std::clamp<Clock::duration>(takes_ * kGraceInAnswers, limits::kKubernetesGrace,
                                     limits::kMaxKubernetesGrace);
}

ServerHealth::Clock::duration ServerHealth::patience(std::optional<Clock::time_point> sent,
                                                     Clock::time_point now) const {
  const auto silent_from = quiet_since_.value_or(now) + limits::kMaxKubernetesGrace;
  if (fails_ || now >= silent_from) return {};
  return std::max<Clock::duration>((sent ? *sent + grace() : silent_from) - now, {});
}

}  // namespace zomg::monitor
