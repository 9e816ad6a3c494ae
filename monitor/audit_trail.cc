#include "monitor/audit_trail.h"

#include <unistd.h>

#include "common/limits.h"
#include "common/log.h"
#include "common/messages/event.h"
#include "monitor/file.h"

namespace zomg::monitor {

using common::Result;

AuditTrail::AuditTrail(EventLoop& loop, const Program& program, int null_fd, std::string target,
                       const sandbox::Account& account)
    : loop_(loop),
      target_(std::move(target)),
      account_(account),
      helper_(loop, program, null_fd,
              {[this](const ipc::Channel& channel) { on_start(channel); }}) {}

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
  file_ = std::move(*file);
  return {};
}

void AuditTrail::on_start(const ipc::Channel& channel) {
  if (auto sent = channel.send(messages::ObserverSettings{account_.uid, account_.gid}); !sent) {
    log::error("audit: {}", sent.error().message);
  }
  send_target();
}

void AuditTrail::send_target() {
  loop_.cancel(retry_timer_);
  retry_timer_ = 0;
  if (!helper_.running()) return;  // it gets it when it starts
  const int fd = file_ ? file_.get() : STDOUT_FILENO;
  auto sent = helper_.channel().send(messages::AuditOutput{}, {fd});
  if (sent) return;
  if (sent.error().errno_value != EAGAIN) return log::error("audit: {}", sent.error().message);
  retry_timer_ = loop_.after(limits::kObserverRetry, [this] { send_target(); });
}

void AuditTrail::reopen(FileErrands& errands) {
  if (!enabled() || target_ == "-") return;
  messages::FileOrder order;
  order.task = messages::FileTask::kOpenForAppend;
  order.path = std::string_view(target_);
  errands.run(order, [this](Result<common::Fd> file) {
    if (!file) {
      return log::error("the audit trail goes on in the old file: {}", file.error().message);
    }
    file_ = std::move(*file);
    send_target();
  });
}

void AuditTrail::finish() {
  loop_.cancel(retry_timer_);
  helper_.finish(limits::kAuditFinishTime);
}

}  // namespace zomg::monitor
