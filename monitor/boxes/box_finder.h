#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "monitor/base/event_loop.h"
#include "monitor/boxes/box_path.h"
#include "monitor/boxes/denied_pods.h"
#include "monitor/lookups/box_lookup.h"

namespace zomg::monitor {

/// A box, and the way to it.
struct FoundPath {
  LookedUpBox box;
  /// By `kubectl exec`, rather than into the container of this node.
  bool by_kubectl = false;
  /// Why, for the log; what to read there when it was not found on this node.
  std::string reason;
  messages::FallbackReason fallback = messages::FallbackReason::kNone;
};

/// Looks a box up on this node and in the cluster, at once, and settles which it is: one of this
/// node is taken as soon as it may be, whether the API server answers or not; but one that it denied
/// is taken on its word alone.
class BoxFinder {
 public:
  using SearchId = std::uint64_t;
  /// Called once: with a path, or with why there is none.
  using OnFound = std::function<void(common::Failure, FoundPath)>;

  /// Null: not to be asked.
  BoxFinder(EventLoop& loop, BoxLookup* node, BoxLookup* cluster)
      : loop_(loop), node_(node), cluster_(cluster) {}

  /// `key` is whose turn it takes (Credential::identity).
  SearchId find(const common::LoginName& name, const std::string& key, OnFound on_found);
  /// In the cluster only, for a box that could not be entered.
  SearchId find_in_cluster(const common::LoginName& name, const std::string& key, OnFound on_found);
  /// Drops the search: its callback is not called.
  void cancel(SearchId search);

  bool has_cluster() const { return cluster_ != nullptr; }

 private:
  struct Answer {
    LookupAnswer said;
    LookedUpBox box;  ///< without its claim, which is in `said`
  };
  struct Search {
    common::LoginName name;
    std::string key;
    /// None: it has ended, and waits only to hear whether the API server denies the pod.
    OnFound on_found;
    /// The container of this node was tried in vain.
    bool not_entered = false;
    bool asks_node = false;
    bool asks_cluster = false;
    /// The node was asked again, for the container that the pod's spec has first.
    bool named_by_spec = false;
    BoxLookup::RequestId node_request;
    BoxLookup::RequestId cluster_request;
    std::optional<Answer> node;
    std::optional<Answer> cluster;
    /// It goes on without the cluster's word.
    bool waited_enough = false;
    EventLoop::TimerId patience = 0;
  };
  using Clock = std::chrono::steady_clock;

  SearchId start(Search search);
  BoxLookup::RequestId ask(BoxLookup& whom, SearchId id, const common::LoginName& name,
                           const std::string& key);
  /// Keeps what the API server says of the order of a pod's containers.
  void remember(const Answer& cluster);
  /// Asks the node once more where it would choose another container than the pod's spec does, which
  /// the runtime does not know. False: there is nothing to ask.
  bool ask_by_spec(SearchId id, Search& search);
  void on_answer(SearchId id, bool from_cluster, common::Failure failure, LookedUpBox box);
  void settle(SearchId id);
  /// Whether a box of this node still waits for the cluster's word.
  bool waits(SearchId id, Search& search);
  /// The path by both answers, and by what the API server said of the pod of this node before.
  BoxPathChoice choose(const Search& search);
  void finish(SearchId id, common::Failure failure, FoundPath path);
  /// Whether an ended search stays, to hear the API server's word on the pod.
  bool stays(SearchId id, const Search& search);
  void drop(SearchId id);

  EventLoop& loop_;
  BoxLookup* node_;
  BoxLookup* cluster_;
  DeniedPods denied_;
  /// Ended searches that stay, by the question that they wait for.
  std::unordered_map<std::uint64_t, SearchId> staying_;
  /// The container that a pod's logins lead to, by the pod's uid, as the API server said last: it
  /// may be away when the next login comes.
  std::unordered_map<std::string, std::string> by_spec_;
  std::unordered_map<SearchId, Search> searches_;
  SearchId last_search_ = 0;
};

}  // namespace zomg::monitor
