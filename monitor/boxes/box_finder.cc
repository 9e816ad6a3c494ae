#include "monitor/boxes/box_finder.h"

#include <fmt/core.h>

#include <utility>

#include "common/base/log.h"
#include "common/base/quoted.h"

namespace zomg::monitor {
namespace {

using common::Failure;

/// Pods whose choice of a container is kept, some 150 bytes each.
constexpr std::size_t kMaxRememberedPods = 4096;

/// Whether an answer of the API server tells which container is the right one, running or not.
bool names_container(const LookupAnswer& said) {
  return (said.failure == Failure::kNone || said.failure == Failure::kBoxNotReady) &&
         !said.claim.pod_uid.value.empty() && !said.claim.container.value.empty();
}

/// Whether an answer of the API server says that the name leads to this pod, running or not.
bool names_pod(const LookupAnswer& said, const messages::BoxClaim& pod) {
  return is_about_box(said.failure) && said.claim.pod == pod.pod &&
         said.claim.kubernetes_namespace == pod.kubernetes_namespace;
}

}  // namespace

BoxFinder::SearchId BoxFinder::find(const common::LoginName& name, const std::string& key,
                                    OnFound on_found) {
  Search search{name, key, std::move(on_found)};
  search.asks_node = node_ != nullptr;
  search.asks_cluster = cluster_ != nullptr;
  return start(std::move(search));
}

BoxFinder::SearchId BoxFinder::find_in_cluster(const common::LoginName& name,
                                               const std::string& key, OnFound on_found) {
  Search search{name, key, std::move(on_found)};
  search.not_entered = true;
  search.asks_cluster = cluster_ != nullptr;
  return start(std::move(search));
}

BoxFinder::SearchId BoxFinder::start(Search started) {
  const SearchId id = ++last_search_;
  Search& search = searches_.emplace(id, std::move(started)).first->second;
  CHECK(search.asks_node || search.asks_cluster);
  if (search.asks_node) search.node_request = ask(*node_, id, search.name, search.key);
  if (search.asks_cluster) search.cluster_request = ask(*cluster_, id, search.name, search.key);
  return id;
}

BoxLookup::RequestId BoxFinder::ask(BoxLookup& whom, SearchId id, const common::LoginName& name,
                                    const std::string& key) {
  const bool cluster = &whom == cluster_;
  return whom.look_up(name, key, [this, id, cluster](Failure failure, LookedUpBox box) {
    on_answer(id, cluster, failure, std::move(box));
  });
}

void BoxFinder::cancel(SearchId search) {
  const auto found = searches_.find(search);
  if (found != searches_.end() && found->second.on_found) drop(search);
}

void BoxFinder::drop(SearchId id) {
  const Search& search = searches_.at(id);
  loop_.cancel(search.patience);
  if (search.asks_node && !search.node) node_->cancel(search.node_request);
  if (search.asks_cluster && !search.cluster) cluster_->cancel(search.cluster_request);
  const auto staying = staying_.find(search.cluster_request.question);
  if (staying != staying_.end() && staying->second == id) staying_.erase(staying);
  searches_.erase(id);
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
  settle(id);
}

void BoxFinder::settle(SearchId id) {
  Search& search = searches_.at(id);
  if (search.asks_node && !search.node) return;
  if (search.asks_cluster && !search.cluster) {
    // A box of this node may go on without the cluster's word, one of another node may not.
    const Failure node = search.node ? search.node->said.failure : Failure::kNoSuchBox;
    if (node != Failure::kNone && node != Failure::kAmbiguousNamespace) return;
    if (node == Failure::kNone && waits(id, search)) return;
  }
  if (search.on_found && ask_by_spec(id, search)) return;
  BoxPathChoice choice = choose(search);
  if (choice.way == BoxPath::kNone && !choice.reason.empty()) {
    log::warning("{}: {}", search.name.box_name(), choice.reason);
  }
  if (!search.on_found) return drop(id);
  if (choice.way == BoxPath::kNone) {
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
  answer.box.claim = answer.said.claim;
  finish(id, Failure::kNone,
         {std::move(answer.box), choice.way == BoxPath::kCluster, std::move(choice.reason),
          choice.fallback});
}

bool BoxFinder::waits(SearchId id, Search& search) {
  // Silence does not undo a no.
  if (denied_.find(search.node->said.claim) != Failure::kNone) return true;
  if (search.waited_enough) return false;
  const auto patience = cluster_->patience(search.cluster_request);
  loop_.cancel(search.patience);
  search.patience = 0;
  search.waited_enough = patience <= Clock::duration::zero();
  if (search.waited_enough) return false;
  search.patience = loop_.after(patience, [this, id] {
    searches_.at(id).patience = 0;
    settle(id);
  });
  return true;
}

BoxPathChoice BoxFinder::choose(const Search& search) {
  BoxPathChoice choice = choose_box_path(search.node ? &search.node->said : nullptr,
                                         search.cluster ? &search.cluster->said : nullptr);
  if (!search.node || search.node->said.failure != Failure::kNone || !search.cluster) return choice;
  const messages::BoxClaim& here = search.node->said.claim;
  const LookupAnswer& cluster = search.cluster->said;
  if (choice.way == BoxPath::kNone) denied_.deny(here, choice.failure, Clock::now());
  if (choice.way != BoxPath::kNode) return choice;
  if (names_pod(cluster, here)) denied_.allow(here, search.cluster->box.asked);
  if (const Failure denied = denied_.find(here); denied != Failure::kNone) {
    return {BoxPath::kNone,
            denied,
            fmt::format("the API server said so of pod {}/{} before, and not otherwise now",
                        common::quoted(here.kubernetes_namespace), common::quoted(here.pod)),
            {}};
  }
  // It waited for its turn in vain, and not for the server.
  if (cluster.failure == Failure::kLookupTimedOut) return {BoxPath::kNone, cluster.failure, {}, {}};
  return choice;
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
  search.node_request = ask(*node_, id, name, search.key);
  return true;
}

bool BoxFinder::stays(SearchId id, const Search& search) {
  const bool in_doubt = search.node && search.node->said.failure == Failure::kNone &&
                        search.asks_cluster && !search.cluster;
  if (!in_doubt || !cluster_->under_way(search.cluster_request)) return false;
  // One for each question: all have the same pod.
  return staying_.try_emplace(search.cluster_request.question, id).second;
}

void BoxFinder::finish(SearchId id, Failure failure, FoundPath path) {
  Search& search = searches_.at(id);
  const OnFound on_found = std::exchange(search.on_found, nullptr);
  if (!stays(id, search)) drop(id);
  on_found(failure, std::move(path));
}

}  // namespace zomg::monitor
