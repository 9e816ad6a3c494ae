#pragma once

#include <poll.h>

#include <chrono>
#include <optional>
#include <string>

#include "common/base/fd.h"
#include "sessiond/kubectl/output_filter.h"

namespace zomg::kubectl {

/// One output of kubectl on its way to the client, through the filter. Both descriptors are
/// non-blocking. A terminal's are used by others for the other way, too.
class OutputRelay {
 public:
  using Clock = std::chrono::steady_clock;

  OutputRelay(common::Fd source, common::Fd target, OutputFilter filter)
      : source_(std::move(source)), target_(std::move(target)), filter_(std::move(filter)) {}

  int source() const { return source_.get(); }
  int target() const { return target_.get(); }
  const OutputFilter& filter() const { return filter_; }
  /// As OutputFilter has it.
  void set_kubectl(pid_t pid) { filter_.set_kubectl(pid); }

  /// What to poll(2) the source and the target for; no descriptor where it is closed.
  pollfd source_events() const;
  pollfd target_events() const;
  /// Moves what poll(2) says can be moved.
  void on_source(short events);
  void on_target(short events);

  /// When what looks like kubectl's last words is to be given out after all.
  std::optional<Clock::time_point> deadline() const { return release_deadline_; }
  void on_deadline();

  /// Nothing is left to give to the client, for now.
  bool drained() const { return pending_.empty(); }
  /// Nothing will come any more, and all was given.
  bool ended() const { return !source_ && pending_.empty(); }
  /// The client has closed its end; what comes is thrown away.
  bool client_gone() const { return client_gone_; }
  /// Something was: whoever wrote it would have had a SIGPIPE on a pipe.
  bool broken() const { return broken_; }
  void close_client();
  /// The client is to see the end of the stream.
  void close_target() { target_.reset(); }

 private:
  void flush();

  common::Fd source_;
  common::Fd target_;
  OutputFilter filter_;
  std::string pending_;
  bool client_gone_ = false;
  bool broken_ = false;
  std::optional<Clock::time_point> release_deadline_;
};

/// Moves what fits of `bytes` into `fd`. False when nobody will read it any more.
bool write_some(int fd, std::string& bytes);

/// What there is to read: nothing at the end of the stream, an empty string when there is none yet.
std::optional<std::string> read_some(int fd);

}  // namespace zomg::kubectl
