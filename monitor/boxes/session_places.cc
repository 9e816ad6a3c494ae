#include "monitor/boxes/session_places.h"

#include <unordered_map>
#include <utility>

#include "common/base/result.h"

namespace zomg::monitor {

using common::Failure;

struct PlacesTaken {
  std::uint64_t sessions = 0;
  std::uint64_t tasks = 0;
};

using PlacesByName = std::unordered_map<std::string, PlacesTaken>;

namespace {

PlacesTaken use_of(const PlacesByName& uses, const std::string& name) {
  const auto found = uses.find(name);
  return found == uses.end() ? PlacesTaken() : found->second;
}

void add(PlacesTaken& use, std::uint64_t tasks) {
  ++use.sessions;
  use.tasks += tasks;
}

void take_off(PlacesTaken& use, std::uint64_t tasks) {
  CHECK(use.sessions > 0 && use.tasks >= tasks);
  --use.sessions;
  use.tasks -= tasks;
}

void take_off(PlacesByName& uses, const std::string& name, std::uint64_t tasks) {
  const auto found = uses.find(name);
  CHECK(found != uses.end());
  take_off(found->second, tasks);
  if (found->second.sessions == 0) uses.erase(found);
}

std::uint64_t tasks_on(messages::BoxPath path) {
  return path == messages::BoxPath::kKubectl ? kTasksOfKubectlSession : kTasksOfSession;
}

}  // namespace

struct SessionPlaces::Counts {
  PlacesByName boxes;  ///< of those that have sessions
  PlacesByName keys;
  PlacesTaken all;
};

class SessionPlaces::Place {
 public:
  Place(std::shared_ptr<Counts> counts, Counted counted, std::uint64_t tasks)
      : counts_(std::move(counts)), counted_(std::move(counted)), tasks_(tasks) {
    count();
  }
  ~Place() { discount(); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  void count() {
    add(counts_->boxes[counted_.box], tasks_);
    add(counts_->keys[counted_.key], tasks_);
    add(counts_->all, tasks_);
  }
  void discount() {
    take_off(counts_->boxes, counted_.box, tasks_);
    take_off(counts_->keys, counted_.key, tasks_);
    take_off(counts_->all, tasks_);
  }
  /// Not while it is counted.
  void set_tasks(std::uint64_t tasks) { tasks_ = tasks; }

 private:
  std::shared_ptr<Counts> counts_;
  Counted counted_;
  std::uint64_t tasks_;
};

SessionPlaces::SessionPlaces(const Capacity& most)
    : most_(most), counts_(std::make_shared<Counts>()) {}

Failure SessionPlaces::refusal(const Counted& counted, messages::BoxPath path) const {
  if (closed_) return Failure::kGatewayStopping;
  const std::uint64_t tasks = tasks_on(path);
  if (use_of(counts_->boxes, counted.box).sessions >= most_.sessions_per_box) {
    return Failure::kTooManySessionsInBox;
  }
  const PlacesTaken of_key = use_of(counts_->keys, counted.key);
  if (of_key.sessions >= most_.sessions_per_key || of_key.tasks + tasks > most_.tasks_per_key) {
    return Failure::kTooManySessionsOfKey;
  }
  const PlacesTaken& all = counts_->all;
  return all.sessions >= most_.sessions || all.tasks + tasks > most_.tasks
             ? Failure::kTooManySessionsInAll
             : Failure::kNone;
}

Failure SessionPlaces::take(Held& place, const Counted& counted, messages::BoxPath path) {
  // Its own use is none of the others'.
  if (place) place->discount();
  const Failure failure = refusal(counted, path);
  if (!place) {
    if (failure == Failure::kNone) {
      place = std::make_shared<Place>(counts_, counted, tasks_on(path));
    }
    return failure;
  }
  if (failure == Failure::kNone) place->set_tasks(tasks_on(path));
  place->count();
  return failure;
}

}  // namespace zomg::monitor
