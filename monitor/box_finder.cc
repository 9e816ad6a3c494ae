#include "monitor/box_finder.h"

#include "common/limits.h"
#include "common/log.h"

namespace zomg::monitor {
using common::Failure;

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
  const auto ask = [&](ResolverClient& whom, bool cluster) {
    // Not cancelled with the search: a late answer still tells that the server is well.
    whom.look_up(name, [this, id, cluster](Failure failure, LookedUpBox box) {
      on_answer(id, cluster, failure, std::move(box));
    });
  };
  if (asks_node) ask(*node_, false);
  if (asks_cluster) ask(*cluster_, true);
  return id;
}

void BoxFinder::cancel(SearchId search) {
  const auto found = searches_.find(search);
  if (found == searches_.end()) return;
  loop_.cancel(found->second.grace);
  searches_.erase(found);
}

void BoxFinder::on_answer(SearchId id, bool from_cluster, Failure failure, LookedUpBox box) {
  if (from_cluster) cluster_answers_ = is_about_box(failure);
  const auto found = searches_.find(id);
  if (found == searches_.end()) return;
  Answer answer{{failure, box.claim}, std::move(box.file), std::move(box.seccomp_filter)};
  (from_cluster ? found->second.cluster : found->second.node) = std::move(answer);
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
  WayChoice choice = choose_way(search.node ? &search.node->said : nullptr,
                                search.cluster ? &search.cluster->said : nullptr);
  if (choice.way == Way::kNone) {
    if (!choice.reason.empty()) {
      log::warning("{}--{}: {}", search.name.project, search.name.box, choice.reason);
    }
    return finish(id, choice.failure, {});
  }
  if (search.not_entered) {
    choice.reason = "the container of this node could not be entered";
    choice.fallback = messages::FallbackReason::kNotEntered;
  }
  Answer& answer = choice.way == Way::kCluster ? *search.cluster : *search.node;
  finish(id, Failure::kNone,
         {{std::move(answer.said.claim), std::move(answer.file), std::move(answer.seccomp_filter)},
          choice.way == Way::kCluster,
          std::move(choice.reason),
          choice.fallback});
}

void BoxFinder::start_grace(SearchId id, Search& search) {
  if (search.grace != 0) return;
  search.grace = loop_.after(limits::kKubernetesGrace, [this, id] {
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
