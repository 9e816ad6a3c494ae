#include "common/base/limits.h"
#include "common/base/log.h"
#include "common/messages/event_names.h"
#include "monitor/boxes/box_access.h"

// The sessions of a box: how they are started, and what is tried where one is not.

namespace zomg::monitor {
namespace {

using common::Failure;

/// Until the processes that others had ready are gone.
constexpr std::chrono::milliseconds kForkAgain{200};

}  // namespace

void BoxAccess::launch(const std::shared_ptr<Waiting>& session) {
  using messages::BoxPath;
  const Failure full = launcher_.places().take(
      session->place, counted_, path_->by_kubectl ? BoxPath::kKubectl : BoxPath::kCri);
  if (full != Failure::kNone) return refuse(*session, full);
  const StartRecorder start_recorder = std::exchange(session->start_recorder, {});
  if (start_recorder && !start_recorder(session->control, session->place)) {
    return refuse(*session, Failure::kNotRecorded);
  }
  if (path_->by_kubectl) return launch_by_kubectl(*session, *path_);
  if (!prepare()) return refuse(*session, Failure::kGatewayFailed);
  take_place();
  PreparedSession prepared = std::move(*std::exchange(prepared_, std::nullopt));
  const std::uint32_t id = prepared.id;
  auto launched = launcher_.launch(std::move(prepared), session->plan, session->control.fd(),
                                   path_->box.file.get(), session->record, session->place,
                                   [this, session, alive = std::weak_ptr(alive_)](
                                       SessionLauncher::Answer answer, Failure failure) {
                                     if (!alive.expired()) on_answer(session, answer, failure);
                                   });
  if (!launched) {
    log::error("{}: session {}: {}", log_prefix_, id, launched.error().message);
    give_up_spare();
    return refuse(*session, Failure::kEnterFailed);
  }
  if (session->tried_again) return;
  session->record->start(session->plan, messages::BoxPath::kCri);
  log::info("{}: session {} {}", log_prefix_, id, name(session->plan.kind));
}

void BoxAccess::on_answer(const std::shared_ptr<Waiting>& session, SessionLauncher::Answer answer,
                          Failure failure) {
  if (answer != SessionLauncher::Answer::kEntered) {
    // What was found out of the box ahead may hold no more.
    give_up_spare();
    if (answer == SessionLauncher::Answer::kNotEntered) on_not_entered(session, failure);
    if (answer == SessionLauncher::Answer::kNotForked) on_not_forked(session);
    return;
  }
  loop_.cancel(std::exchange(prepare_timer_, 0));
  if (std::exchange(used_, true)) return prepare_next();
  // Most have one session, and then go.
  prepare_timer_ = loop_.after(limits::kSpareSessionDelay, [this] {
    prepare_timer_ = 0;
    prepare_next();
  });
}

void BoxAccess::launch_by_kubectl(const Waiting& session, const FoundPath& path) {
  const LookedUpBox& box = path.box;
  auto prepared = launcher_.prepare_by_kubectl(box, live_);
  if (!prepared) {
    log::error("{}: {}", log_prefix_, prepared.error().message);
    return refuse(session, Failure::kGatewayFailed);
  }
  const std::uint32_t id = prepared->id;
  auto launched = launcher_.launch(std::move(*prepared), session.plan, session.control.fd(),
                                   box.file.get(), session.record, session.place, {});
  if (!launched) {
    log::error("{}: session {}: {}", log_prefix_, id, launched.error().message);
    return refuse(session, Failure::kBackendFailed);
  }
  session.record->start(session.plan, messages::BoxPath::kKubectl, path.fallback);
  log::info("{}: session {} {} by kubectl: {}", log_prefix_, id, name(session.plan.kind),
            path.reason);
}

void BoxAccess::on_not_forked(const std::shared_ptr<Waiting>& session) {
  if (session->tried_again) return refuse(*session, Failure::kGatewayFailed);
  session->tried_again = true;
  // What others have ready may be what is missing.
  launcher_.spares().give_up_all();
  waiting_.push_back(session);
  go_on_after(kForkAgain);
}

void BoxAccess::on_not_entered(const std::shared_ptr<Waiting>& session, Failure failure) {
  log::warning("{}: {} was not entered: {}", log_prefix_, name_.box_name(), sentence(failure));
  if (!finder_.has_cluster()) return refuse(*session, failure);
  // Where the node's own answer has led so far, and no other namespace.
  const std::string expected = path_ ? path_->box.claim.kubernetes_namespace.value : std::string();
  const auto search = std::make_shared<BoxFinder::SearchId>();
  *search = finder_.find_in_cluster(
      name_, counted_.key,
      [this, session, failure, expected, search](Failure none, FoundPath path) {
        falling_back_.erase(*search);
        const bool same = expected.empty() || path.box.claim.kubernetes_namespace.value == expected;
        if (none != Failure::kNone || !same) return refuse(*session, failure);
        // It takes more of what there is, and others may have come while the cluster was asked.
        const Failure full =
            launcher_.places().take(session->place, counted_, messages::BoxPath::kKubectl);
        if (full != Failure::kNone) return refuse(*session, full);
        launch_by_kubectl(*session, path);
      });
  falling_back_.insert(*search);
}

}  // namespace zomg::monitor
