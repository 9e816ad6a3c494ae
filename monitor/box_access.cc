#include "monitor/box_access.h"

#include <sys/syscall.h>
#include <unistd.h>

#include "common/log.h"

namespace zomg::monitor {
namespace {

using common::Failure;

void refuse(const ipc::Channel& control, Failure failure) {
  // A connection that went away needs no answer.
  (void)control.send(messages::SessionFailed{failure}).has_value();
}

}  // namespace

BoxAccess::BoxAccess(EventLoop& loop, ResolverClient& resolver, SessionLauncher& launcher,
                     LoginName name, std::string log_prefix)
    : loop_(loop),
      resolver_(resolver),
      launcher_(launcher),
      name_(std::move(name)),
      log_prefix_(std::move(log_prefix)) {
  look_up();
}

BoxAccess::~BoxAccess() {
  if (request_) resolver_.cancel(*request_);
  forget_box();
}

void BoxAccess::open(messages::SessionPlan plan, ipc::Channel control) {
  Waiting session{std::move(plan), std::move(control)};
  if (box_) return launch(session);
  waiting_.push_back(std::move(session));
  if (!request_) look_up();
}

void BoxAccess::look_up() {
  request_ = resolver_.look_up(name_, [this](Failure failure, LookedUpBox box) {
    request_.reset();
    on_looked_up(failure, std::move(box));
  });
}

void BoxAccess::on_looked_up(Failure failure, LookedUpBox box) {
  if (failure == Failure::kNone) {
    container_ = common::Fd(static_cast<int>(::syscall(SYS_pidfd_open, box.claim.pid, 0)));
    if (!container_) failure = Failure::kBoxNotReady;
  }
  const std::vector<Waiting> waiting = std::exchange(waiting_, {});
  if (failure != Failure::kNone) {
    log::info("{}: no box {}--{}: {}", log_prefix_, name_.project, name_.box, sentence(failure));
    for (const Waiting& session : waiting) refuse(session.control, failure);
    return;
  }
  log::info("{}: {}--{} is container {} ({}) of pod {}/{}", log_prefix_, name_.project, name_.box,
            box.claim.container.value, box.claim.container_id.value,
            box.claim.kubernetes_namespace.value, box.claim.pod.value);
  box_ = std::move(box);
  loop_.watch(container_.get(), [this] { on_container_end(); });
  prepare();
  for (const Waiting& session : waiting) launch(session);
}

void BoxAccess::on_container_end() {
  log::info("{}: the container of {}--{} ended", log_prefix_, name_.project, name_.box);
  forget_box();
}

void BoxAccess::forget_box() {
  if (container_) loop_.forget(container_.get());
  container_.reset();
  prepared_.reset();
  box_.reset();
}

void BoxAccess::prepare() {
  auto prepared = launcher_.prepare(*box_, container_.get(), live_);
  if (prepared) {
    prepared_ = std::move(*prepared);
  } else {
    log::error("{}: {}", log_prefix_, prepared.error().message);
  }
}

void BoxAccess::launch(const Waiting& session) {
  if (!prepared_) prepare();
  if (!prepared_) return refuse(session.control, Failure::kGatewayFailed);
  const PreparedSession prepared = *std::exchange(prepared_, std::nullopt);
  auto sent = prepared.channel.send(session.plan, {session.control.fd(), box_->environment.get()});
  if (!sent) {
    log::error("{}: session {}: {}", log_prefix_, prepared.id, sent.error().message);
    return refuse(session.control, Failure::kEnterFailed);
  }
  log::info("{}: session {} {}", log_prefix_, prepared.id,
            session.plan.kind == messages::SessionKind::kShell  ? "shell"
            : session.plan.kind == messages::SessionKind::kSftp ? "sftp"
                                                                : "exec");
}

}  // namespace zomg::monitor
