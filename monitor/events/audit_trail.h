#pragma once

#include <string>

#include "common/ipc/shelf.h"
#include "common/sandbox/identity.h"
#include "monitor/base/helper.h"
#include "monitor/files/file_requests.h"

namespace zomg::monitor {

/// The program that writes the audit trail, and what it writes to (ZOMG_SSH_AUDIT_LOG), which the
/// monitor has on a shelf. It opens the file at its start, and never writes to it.
class AuditTrail {
 public:
  /// Where the trail goes: `-` for standard output, `off`, or the path of a file.
  AuditTrail(EventLoop& loop, const Program& program, int null_fd, std::string target,
             const sandbox::Account& account);

  bool running() const { return helper_.running(); }
  bool enabled() const { return target_ != "off"; }
  /// Opens the target and starts the program. An Error when one of the two cannot be done.
  common::Result<void> start();
  /// Opens the file again, after it was moved away: SIGHUP.
  void reopen(FileRequests& errands);
  /// Waits a moment for the program to have written all that it was sent.
  void finish();

  /// Where its events go.
  const ipc::Channel& channel() const { return helper_.channel(); }

 private:
  common::Result<void> open_target();
  common::Result<void> on_start(const ipc::Channel& channel);
  common::Result<void> send_target(const ipc::Channel& channel) const;
  /// Has the program write to what was opened last.
  void tell_target();

  EventLoop& loop_;
  std::string target_;
  sandbox::Account account_;
  ipc::Shelf shelf_;  ///< with the file; none where it is standard output's
  EventLoop::TimerId retry_timer_ = 0;
  Helper helper_;
};

}  // namespace zomg::monitor
