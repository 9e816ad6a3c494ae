#include "monitor/boxes/box_finder.h"

#include <algorithm>

#include "common/base/limits.h"
#include "common/base/log.h"

namespace zomg::monitor {
namespace {

using common::Failure;

/// Pods whose choice of a container is kept, some 150 bytes each.
constexpr std::size_t kMaxRememberedPods = 4096;

/// How long a box of this node waits for an API server that answers slowly: what a user bears once,
/// when that server then hangs.
constexpr std::chrono::milliseconds kMaxGrace{1000};

/// Whether an answer of the API server tells which container is the right one, running or not.
bool names_container(const LookupAnswer& said) {
  return (said.failure == Failure::kNone || said.failure == Failure::kBoxNotReady) &&
         !said.claim.pod_uid.value.empty() && !said.claim.container.value.empty();
}

}  // namespace

BoxFinder::SearchId BoxFinder::find(const common::LoginName& name, OnFound on_found) {
  Search search{name, std::move(on_found)};
  search.asks_node = node_ != nullptr;
  search.asks_cluster = cluster_ != nullptr;
  return start(std::move(search));
}

BoxFinder::SearchId BoxFinder::find_in_cluster(const common::LoginName& name, OnFound on_found) {
  Search search{name, std::move(on_found)};
  search.not_entered = true;
  search.asks_cluster = cluster_ != nullptr;
  return start(std::move(search));
}

BoxFinder::SearchId BoxFinder::start(Search search) {
  const SearchId id = ++last_search_;
  CHECK(search.asks_node || search.asks_cluster);
  const bool asks_node = search.asks_node;
  const bool asks_cluster = search.asks_cluster;
  const common::LoginName name = search.name;
  searches_.emplace(id, std::move(search));
  if (asks_node) ask(*node_, false, id, name);
  if (asks_cluster) ask(*cluster_, true, id, name);
  return id;
}

void BoxFinder::ask(BoxLookup& whom, bool cluster, SearchId id, const common::LoginName& name) {
  // Not cancelled with the search: a late answer still tells that the server is well, and how slow.
  const Clock::time_point asked = Clock::now();
  whom.look_up(name, [this, id, cluster, asked](Failure failure, LookedUpBox box) {
    if (cluster) learn(Clock::now() - asked, failure);
    on_answer(id, cluster, failure, std::move(box));
  });
}

void BoxFinder::learn(Clock::duration took, Failure failure) {
  cluster_answers_ = is_about_box(failure);
  if (cluster_answers_) cluster_takes_ = std::max(took, cluster_takes_ * 7 / 8);
}

void BoxFinder::cancel(SearchId search) {
  const auto found = searches_.find(search);
  if (found == searches_.end()) return;
  loop_.cancel(found->second.grace);
  searches_.erase(found);
}

void BoxFinder::on_answer(SearchId id, bool from_cluster, Failure failure, LookedUpBox box) {
  const auto found = searches_.find(id);
  if (found == searches_.end()) return;
  Search& search = found->second;
  // The pod's spec has it, so it is only not made yet.
  const bool unmade = !from_cluster && search.named_by_spec && failure == Failure::kNoSuchContainer;
  Answer answer{{unmade ? Failure::kBoxNotReady : failure, std::move(box.claim)}, std::move(box)};
  if (from_cluster && search.name.container.empty()) remember(answer);
  (from_cluster ? search.cluster : search.node) = std::move(answer);
  settle(id, /*wait=*/true);
}

void BoxFinder::settle(SearchId id, bool wait) {
  Search& search = searches_.at(id);
  if (search.asks_node && !search.node) return;
  if (search.asks_cluster && !search.cluster) {
    // A box of this node may go on without the cluster's word, one of another node may not.
    const Failure node = search.node ? search.node->said.failure : Failure::kNoSuchBox;
    if (node != Failure::kNone && node != Failure::kAmbiguousNamespace) return;
    if (node == Failure::kNone && wait && cluster_answers_) return start_grace(id, search);
  }
  if (ask_by_spec(id, search)) return;
  BoxPathChoice choice = choose_box_path(search.node ? &search.node->said : nullptr,
                                         search.cluster ? &search.cluster->said : nullptr);
  if (choice.way == BoxPath::kNone) {
    if (!choice.reason.empty()) {
      log::warning("{}--{}: {}", search.name.project, search.name.box, choice.reason);
    }
    FoundPath none;
    const bool of_node = search.node && search.node->said.failure == choice.failure;
    Answer* const answer = of_node ? &*search.node : search.cluster ? &*search.cluster : nullptr;
    if (answer != nullptr) none.box.containers = std::move(answer->box.containers);
    return finish(id, choice.failure, std::move(none));
  }
  if (search.not_entered) {
    choice.reason = "the container of this node could not be entered";
    choice.fallback = messages::FallbackReason::kNotEntered;
  }
  Answer& answer = choice.way == BoxPath::kCluster ? *search.cluster : *search.node;
  answer.box.claim = std::move(answer.said.claim);
  finish(id, Failure::kNone,
         {std::move(answer.box), choice.way == BoxPath::kCluster, std::move(choice.reason),
          choice.fallback});
}

void BoxFinder::remember(const Answer& cluster) {
  if (!names_container(cluster.said)) return;
  const messages::BoxClaim& claim = cluster.said.claim;
  if (by_spec_.size() >= kMaxRememberedPods) by_spec_.clear();
  by_spec_[claim.pod_uid.value] = claim.container.value;
}

bool BoxFinder::ask_by_spec(SearchId id, Search& search) {
  if (!search.node || search.named_by_spec || !search.name.container.empty()) return false;
  const LookupAnswer& said = search.node->said;
  const bool of_a_pod = said.failure == Failure::kNone || said.failure == Failure::kBoxNotReady ||
                        said.failure == Failure::kSeveralContainers;
  const auto known = by_spec_.find(said.claim.pod_uid.value);
  if (!of_a_pod || known == by_spec_.end() || known->second == said.claim.container.value) {
    return false;
  }
  common::LoginName name = search.name;
  name.container = known->second;
  search.node.reset();
  search.named_by_spec = true;
  ask(*node_, /*cluster=*/false, id, name);
  return true;
}

void BoxFinder::start_grace(SearchId id, Search& search) {
  if (search.grace != 0) return;
  const auto usual = std::chrono::duration_cast<std::chrono::milliseconds>(cluster_takes_ * 2);
  const auto grace = std::clamp(usual, limits::kKubernetesGrace, kMaxGrace);
  search.grace = loop_.after(grace, [this, id] {
    // The node may be asked once more, and its answer then waits again.
    searches_.at(id).grace = 0;
    cluster_answers_ = false;
    settle(id, /*wait=*/false);
  });
}

void BoxFinder::finish(SearchId id, Failure failure, FoundPath path) {
  const OnFound on_found = std::move(searches_.at(id).on_found);
  cancel(id);
  on_found(failure, std::move(path));
}

}  // namespace zomg::monitor
