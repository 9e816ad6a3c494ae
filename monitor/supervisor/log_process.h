#pragma once

#include <string>

#include "common/base/child.h"
#include "common/ipc/channel.h"
#include "common/ipc/shelf.h"
#include "common/sandbox/identity.h"
#include "monitor/base/programs.h"

namespace zomg::monitor {

/// zomg-ssh-log, through which all processes of a gateway write their log: it is the one that waits
/// when nobody reads that. It outlives the supervisor as long as others can say something.
class LogProcess {
 public:
  /// Starts it, and waits until it is confined. From then on what this process writes to stderr goes
  /// to it. An Error is for the old stderr.
  static common::Result<LogProcess> start(const sandbox::Account& account);

  pid_t pid() const { return child_.pid(); }
  /// What the monitor is to have for its children's stderr. Its own is this process's.
  int others() const { return others_.second.get(); }

  /// Starts it again, after it has ended and was reaped. Lines that were sent meanwhile are there.
  common::Result<void> restart();
  /// Waits, for a few seconds at most, until what was said before is written.
  void flush();

 private:
  LogProcess(Program program, const sandbox::Account& account, ipc::Shelf log, common::FdPair own,
             common::FdPair others);

  Program program_;
  sandbox::Account account_;
  ipc::Shelf log_;
  /// First what it reads from: kept for the next one. The second of `own_` is stderr.
  common::FdPair own_;
  common::FdPair others_;
  common::Child child_;
  ipc::Channel channel_;
};

}  // namespace zomg::monitor
