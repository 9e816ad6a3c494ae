#include "monitor/boxes/box_access.h"

#include <sys/syscall.h>
#include <unistd.h>

#include "common/base/limits.h"
#include "common/base/log.h"
#include "common/base/quoted.h"

namespace zomg::monitor {
namespace {

using common::Failure;

/// When a connection looks again after there was no box: a loop would keep the resolver busy.
constexpr std::chrono::seconds kMissedAge{1};

}  // namespace

BoxAccess::BoxAccess(EventLoop& loop, Journal& journal, BoxFinder& finder,
                     SessionLauncher& launcher, const Login& login, std::uint64_t connection,
                     std::string log_prefix)
    : loop_(loop),
      journal_(journal),
      finder_(finder),
      launcher_(launcher),
      name_(login.name),
      counted_{login.name.box_name(), login.credential.identity},
      connection_(connection),
      log_prefix_(std::move(log_prefix)) {
  look_up();
}

BoxAccess::~BoxAccess() {
  if (search_) finder_.cancel(*search_);
  loop_.cancel(wait_timer_);
  for (const BoxFinder::SearchId search : falling_back_) finder_.cancel(search);
  forget_box();
}

void BoxAccess::refuse(const Waiting& session, Failure failure,
                       const messages::ContainerNames& containers) {
  // A connection that went away needs no answer.
  (void)session.control.send(messages::SessionFailed{failure, containers}).has_value();
  session.record->refuse(failure);
}

void BoxAccess::open(messages::SessionPlan plan, ipc::Channel control,
                     std::shared_ptr<SessionRecord> record, StartRecorder start_recorder) {
  auto session = std::make_shared<Waiting>(
      Waiting{std::move(plan), std::move(control), std::move(record), std::move(start_recorder)});
  if (path_ && is_stale()) forget_box();
  if (path_) return launch(session);
  waiting_.push_back(std::move(session));
  const auto age = EventLoop::Clock::now() - found_;
  if (missed_ && age < kMissedAge) return go_on_after(kMissedAge - age);
  if (!search_ && wait_timer_ == 0) look_up();
}

void BoxAccess::go_on_after(EventLoop::Clock::duration delay) {
  if (search_ || wait_timer_ != 0) return;
  wait_timer_ = loop_.after(delay, [this] {
    wait_timer_ = 0;
    if (!path_) return look_up();
    for (const auto& session : std::exchange(waiting_, {})) launch(session);
  });
}

void BoxAccess::look_up() {
  looking_since_ = EventLoop::Clock::now();
  search_ = finder_.find(name_, counted_.key, [this](Failure failure, FoundPath path) {
    search_.reset();
    on_found(failure, std::move(path));
  });
}

/// The end of a container on another node is not told here, and tokens grow old.
bool BoxAccess::is_stale() const {
  return path_->by_kubectl && EventLoop::Clock::now() - found_ > limits::kClusterAnswerAge;
}

void BoxAccess::publish(Failure failure, const FoundPath& path) {
  const messages::BoxClaim& claim = path.box.claim;
  messages::LookupEnded event;
  const std::string box_name = name_.box_name();
  event.login_name = std::string_view(box_name);
  event.failure = failure;
  event.kubernetes_namespace = claim.kubernetes_namespace;
  event.pod = claim.pod;
  event.pod_uid = claim.pod_uid;
  event.container = claim.container;
  event.container_id = claim.container_id;
  event.path = path.by_kubectl ? messages::BoxPath::kKubectl : messages::BoxPath::kCri;
  event.duration_us = microseconds_since(looking_since_);
  journal_.publish(connection_, std::move(event));
}

void BoxAccess::on_found(Failure failure, FoundPath path) {
  const messages::BoxClaim& claim = path.box.claim;
  if (failure == Failure::kNone && !path.by_kubectl) {
    container_ = common::Fd(static_cast<int>(::syscall(SYS_pidfd_open, claim.pid, 0)));
    if (!container_) failure = Failure::kBoxNotReady;
  }
  publish(failure, path);
  const auto waiting = std::exchange(waiting_, {});
  found_ = EventLoop::Clock::now();
  // A session that comes after the lookup of the login has one of its own.
  missed_ = failure != Failure::kNone && !waiting.empty();
  if (failure != Failure::kNone) {
    log::info("{}: no box {}: {}", log_prefix_, name_.box_name(), sentence(failure));
    for (const auto& session : waiting) refuse(*session, failure, path.box.containers);
    return;
  }
  using common::quoted;
  log::info(
      "{}: {} is container {} of pod {}/{}, {}", log_prefix_, name_.box_name(),
      quoted(claim.container), quoted(claim.kubernetes_namespace), quoted(claim.pod),
      path.by_kubectl ? fmt::format("by kubectl: {}", path.reason) : quoted(claim.container_id));
  path_ = std::move(path);
  if (!path_->by_kubectl) {
    loop_.watch(container_.get(), [this] { on_container_end(); });
    prepare_next();
  }
  for (const auto& session : waiting) launch(session);
}

void BoxAccess::on_container_end() {
  log::info("{}: the container of {} ended", log_prefix_, name_.box_name());
  forget_box();
}

void BoxAccess::forget_box() {
  give_up_spare();
  if (container_) loop_.forget(container_.get());
  container_.reset();
  path_.reset();
}

void BoxAccess::give_up_spare() {
  loop_.cancel(std::exchange(prepare_timer_, 0));
  launcher_.spares().leave(std::exchange(place_, 0));
  prepared_.reset();
  if (zygote_) launcher_.zygotes().let_go(*std::exchange(zygote_, std::nullopt));
}

void BoxAccess::take_place() {
  launcher_.spares().leave(place_);
  place_ = launcher_.spares().take([this] { give_up_spare(); });
}

bool BoxAccess::start_zygote() {
  if (zygote_ && launcher_.zygotes().has(*zygote_)) return true;
  auto started = launcher_.start_zygote(path_->box, container_.get());
  if (!started) {
    log::error("{}: {}", log_prefix_, started.error().message);
    // What others have ready may be what is missing.
    launcher_.spares().give_up_all();
    return false;
  }
  zygote_ = *started;
  take_place();
  return true;
}

bool BoxAccess::prepare() {
  if (prepared_ && launcher_.waits(*prepared_)) return true;
  prepared_.reset();
  if (!start_zygote()) return false;
  auto prepared = launcher_.prepare(*zygote_, live_);
  if (!prepared) {
    log::error("{}: {}", log_prefix_, prepared.error().message);
    give_up_spare();
    return false;
  }
  prepared_ = std::move(*prepared);
  return true;
}

void BoxAccess::prepare_next() {
  // Who may have no session needs none ahead of it.
  if (!path_ || path_->by_kubectl) return;
  if (launcher_.places().refusal(counted_, messages::BoxPath::kCri) == Failure::kNone) prepare();
}

void BoxAccess::on_session_end() {
  if (place_ != 0) take_place();
}

}  // namespace zomg::monitor
