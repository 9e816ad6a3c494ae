#pragma once

#include <string>

#include "common/failure.h"
#include "common/fd.h"
#include "common/messages/resolver.h"
#include "monitor/resolver/cri.h"
#include "monitor/resolver/seccomp_filter_cache.h"

namespace zomg::resolver {

/// What a lookup found: with failure kNone a claim whose every field is checked for its bounds and
/// alphabet, the container's environment (box_environment.h), and its seccomp filter if it has one.
struct FoundBox {
  common::Failure failure = common::Failure::kNone;
  messages::BoxClaim claim;
  common::Fd environment;
  common::Fd seccomp_filter;
};

/// Finds boxes through the container runtime of this node. May be used by many threads at once.
class CriLookup {
 public:
  /// Only pods of `kubernetes_namespace` count; empty: of any, as long as it is one.
  CriLookup(const Cri& cri, std::string kubernetes_namespace)
      : cri_(cri), kubernetes_namespace_(std::move(kubernetes_namespace)) {}

  /// Three calls to the runtime. kNoSuchBox: no ready pod; kBoxNotReady: no running container, or
  /// it went away meanwhile; kAmbiguousNamespace; kLookupFailed. All but the first are logged.
  FoundBox look_up(const BoxName& box) const;

 private:
  const Cri& cri_;
  std::string kubernetes_namespace_;
  mutable SeccompFilterCache seccomp_filters_;
};

}  // namespace zomg::resolver
