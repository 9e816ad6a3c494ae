#pragma once

#include <string>

#include "monitor/helpers/lookup/found_box.h"
#include "monitor/helpers/resolver/container/seccomp_filter_cache.h"
#include "monitor/helpers/resolver/cri/cri.h"

namespace zomg::resolver {

using lookup::FoundBox;

/// Finds boxes through the container runtime of this node. May be used by many threads at once.
class CriLookup {
 public:
  /// Only pods of `kubernetes_namespace` count; empty: of any, as long as it is one.
  CriLookup(const Cri& cri, std::string kubernetes_namespace)
      : cri_(cri), kubernetes_namespace_(std::move(kubernetes_namespace)) {}

  /// Three calls to the runtime, or one more for each container that ended before. kNoSuchBox: no
  /// ready pod; kBoxNotReady: the container does not run, or went away meanwhile;
  /// kSeveralContainers, kNoSuchContainer (container_choice.h); kAmbiguousNamespace; kLookupFailed.
  /// All but the first are logged. `container` empty: the one that the rules choose.
  FoundBox look_up(const BoxName& box, const std::string& container) const;

 private:
  const Cri& cri_;
  std::string kubernetes_namespace_;
  mutable SeccompFilterCache seccomp_filters_;
};

}  // namespace zomg::resolver
