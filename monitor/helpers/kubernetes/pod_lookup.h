#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "monitor/helpers/kubernetes/api.h"
#include "monitor/helpers/kubernetes/pod_list.h"
#include "monitor/helpers/lookup/found_box.h"

namespace zomg::kubernetes {

/// Finds boxes through the Kubernetes API. May be used by many threads at once.
class PodLookup {
 public:
  struct Options {
    /// Only pods of this namespace count; empty: of any, as long as it is one.
    std::string kubernetes_namespace;
    /// Where to look when the server does not let us look everywhere; may be empty.
    std::string own_namespace;
    /// What goes with an answer (messages::BoxLookedUp).
    std::function<common::Result<common::Fd>()> make_file;
    /// Waits; a seam for tests.
    std::function<void(std::chrono::milliseconds)> sleep;
  };

  PodLookup(const Api& api, Options options) : api_(api), options_(std::move(options)) {}

  /// kNoSuchBox, kBoxNotReady, kNoSuchContainer and kAmbiguousNamespace as in CriLookup; kKubernetesUnreachable (no
  /// answer, 5xx), kKubernetesRefused (401, 403), kKubernetesBusy (429), kLookupFailed (an answer
  /// that is not Kubernetes'). All but the first are logged.
  /// `container` empty: the one that the rules choose. A server that is busy (429), or has more or
  /// larger pods of these labels than one lookup reads, does not fail.
  lookup::FoundBox look_up(const lookup::BoxName& box, const std::string& container) const;

 private:
  struct Listed {
    common::Failure failure = common::Failure::kNone;
    int status = 0;
    std::vector<Pod> pods;
    /// The one that was looked in; empty: all.
    std::string kubernetes_namespace;
  };
  using Conduct = lookup::ServerConduct;

  /// Where the API server takes its answer from: its cache, which is milliseconds behind, or its
  /// store, which it reads whole for it, with the pods of everybody.
  enum class Source { kCache, kStore };

  Listed list(const lookup::BoxName& box, Source source, Conduct& server) const;
  Listed list_in(const lookup::BoxName& box, const std::string& kubernetes_namespace, Source source,
                 Conduct& server) const;
  /// Whether what the pods say is enough to enter a box.
  bool is_box(const lookup::BoxName& box, const std::string& container,
              const std::vector<Pod>& pods) const;
  /// One page, however many tries it takes.
  common::Result<Answer> get(const std::string& path, Conduct& server) const;
  lookup::FoundBox choose(const lookup::BoxName& box, const std::string& container,
                          const Listed& listed) const;

  const Api& api_;
  Options options_;
};

}  // namespace zomg::kubernetes
