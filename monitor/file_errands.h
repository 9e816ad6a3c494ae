#pragma once

#include <cstdint>
#include <functional>
#include <unordered_map>

#include "common/child.h"
#include "common/fd.h"
#include "common/ipc/channel.h"
#include "common/messages/file.h"
#include "monitor/event_loop.h"
#include "monitor/programs.h"

namespace zomg::monitor {

/// Files that are read or opened once, after the start, each by a zomg-ssh-file-reader of its own: the
/// monitor does not wait for their disks.
class FileErrands {
 public:
  /// The contents in a sealed memfd (file_answer.h), or the file; or why there is neither.
  using OnFile = std::function<void(common::Result<common::Fd>)>;

  FileErrands(EventLoop& loop, const Program& program, int null_fd)
      : loop_(loop), program_(program), null_fd_(null_fd) {}
  ~FileErrands();
  FileErrands(const FileErrands&) = delete;
  FileErrands& operator=(const FileErrands&) = delete;

  /// Calls `on_file` once, later, or at once when nothing can be started.
  void run(const messages::FileOrder& order, OnFile on_file);

 private:
  struct Running {
    common::Child child;
    ipc::Channel channel;  ///< closed when the answer was given
    EventLoop::TimerId deadline = 0;
    OnFile on_file;
  };

  common::Result<std::uint64_t> start(const messages::FileOrder& order);
  void on_packet(std::uint64_t id);
  void answer(std::uint64_t id, common::Result<common::Fd> file);
  void on_end(std::uint64_t id);

  EventLoop& loop_;
  const Program& program_;
  int null_fd_;
  std::unordered_map<std::uint64_t, Running> running_;
  std::uint64_t last_ = 0;
};

}  // namespace zomg::monitor
