#include "monitor/events/audit_trail.h"

#include <unistd.h>

#include <memory>

#include "common/base/limits.h"
#include "common/base/log.h"
#include "common/messages/event.h"
#include "monitor/files/file.h"

namespace zomg::monitor {

using common::Result;

AuditTrail::AuditTrail(EventLoop& loop, const Program& program, int null_fd, std::string target,
                       const sandbox::Account& account)
    : loop_(loop),
      target_(std::move(target)),
      account_(account),
      helper_(loop, program, null_fd,
              {[this](const ipc::Channel& channel) { return on_start(channel); }}) {}

Result<void> AuditTrail::start() {
  if (auto opened = open_target(); !opened) {
    return opened.error().with_context("ZOMG_SSH_AUDIT_LOG");
  }
  return helper_.start();
}

Result<void> AuditTrail::open_target() {
  if (target_ == "-") return {};
  auto file = open_for_append(target_);
  if (!file) return file.error();
  auto shelf = ipc::Shelf::of({file->get()});
  if (!shelf) return shelf.error();
  shelf_ = std::move(*shelf);
  return {};
}

Result<void> AuditTrail::on_start(const ipc::Channel& channel) {
  loop_.cancel(retry_timer_);
  auto sent = channel.send(messages::ObserverSettings{account_.uid, account_.gid});
  return sent ? send_target(channel) : sent;
}

Result<void> AuditTrail::send_target(const ipc::Channel& channel) const {
  // Standard output is a shelf as well, of the supervisor's.
  return channel.send(messages::AuditOutput{}, {shelf_ ? shelf_.fd() : STDOUT_FILENO});
}

void AuditTrail::tell_target() {
  loop_.cancel(retry_timer_);
  if (!helper_.running()) return;  // it gets it when it starts
  if (auto sent = send_target(helper_.channel()); sent) return;
  // It has not read what came before, or there are too many descriptors on their way to others.
  retry_timer_ = loop_.after(limits::kObserverRetry, [this] { tell_target(); });
}

void AuditTrail::reopen(FileRequests& errands) {
  if (!enabled() || target_ == "-") return;
  messages::FileOrder order;
  order.task = messages::FileTask::kOpenForAppend;
  order.path = std::string_view(target_);
  common::Fd filler;
  auto empty = ipc::Shelf::empty(filler);
  if (!empty) return log::error("audit: {}", empty.error().message);
  const auto shelf = std::make_shared<ipc::Shelf>(std::move(*empty));
  const auto on_opened = [this, shelf](const Result<FileAnswer>& opened) {
    if (!opened) {
      return log::error("the audit trail goes on in the old file: {}", opened.error().message);
    }
    shelf_ = std::move(*shelf);
    tell_target();
  };
  errands.run(order, on_opened, filler.get());
}

void AuditTrail::finish() {
  loop_.cancel(retry_timer_);
  helper_.finish(limits::kAuditFinishTime);
}

}  // namespace zomg::monitor
