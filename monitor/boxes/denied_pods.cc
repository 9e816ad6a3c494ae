#include "monitor/boxes/denied_pods.h"

#include "common/base/limits.h"

namespace zomg::monitor {
namespace {

/// A pod of the same name that is made again is another one. No name has a slash.
std::string identity_of(const messages::BoxClaim& pod) {
  return pod.kubernetes_namespace.value + '/' + pod.pod.value + '/' + pod.pod_uid.value;
}

}  // namespace

void DeniedPods::deny(const messages::BoxClaim& pod, common::Failure why, Clock::time_point now) {
  const std::string identity = identity_of(pod);
  if (const auto known = by_pod_.find(identity); known != by_pod_.end()) forget(known->second);
  if (denials_.size() >= limits::kMaxDeniedPods) forget(std::prev(denials_.end()));
  denials_.push_front({identity, why, now});
  by_pod_.emplace(identity, denials_.begin());
}

void DeniedPods::allow(const messages::BoxClaim& pod, Clock::time_point asked) {
  const auto known = by_pod_.find(identity_of(pod));
  if (known != by_pod_.end() && known->second->heard < asked) forget(known->second);
}

common::Failure DeniedPods::find(const messages::BoxClaim& pod) const {
  const auto known = by_pod_.find(identity_of(pod));
  return known == by_pod_.end() ? common::Failure::kNone : known->second->why;
}

void DeniedPods::forget(Denials::iterator denial) {
  by_pod_.erase(denial->pod);
  denials_.erase(denial);
}

}  // namespace zomg::monitor
