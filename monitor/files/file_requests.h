#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <unordered_map>

#include "common/base/child.h"
#include "common/ipc/channel.h"
#include "common/messages/file.h"
#include "monitor/base/event_loop.h"
#include "monitor/base/programs.h"
#include "monitor/files/file_answer.h"

namespace zomg::monitor {

/// Files that are read or opened once, after the start, each by a zomg-ssh-file-reader of its own: the
/// monitor does not wait for their disks.
class FileRequests {
 public:
  /// The contents, nothing when the file was opened, or why not.
  using OnAnswer = std::function<void(common::Result<FileAnswer>)>;

  FileRequests(EventLoop& loop, const Program& program, int null_fd)
      : loop_(loop), program_(program), null_fd_(null_fd) {}
  ~FileRequests();
  FileRequests(const FileRequests&) = delete;
  FileRequests& operator=(const FileRequests&) = delete;

  /// Calls `on_answer` once, later, or at once when nothing can be started. `filler` is of the shelf
  /// that a file is put on when it is opened.
  void run(const messages::FileOrder& order, OnAnswer on_answer, int filler = -1);

 private:
  struct Running {
    common::Child child;
    ipc::Channel channel;  ///< closed when the answer was given
    EventLoop::TimerId deadline = 0;
    std::optional<FileAnswerReader> reader;
    OnAnswer on_answer;
  };

  common::Result<std::uint64_t> start(const messages::FileOrder& order, int filler);
  /// Whether there was a packet, or the end of them.
  bool on_packet(std::uint64_t id);
  void answer(std::uint64_t id, common::Result<FileAnswer> told);
  void on_end(std::uint64_t id);

  EventLoop& loop_;
  const Program& program_;
  int null_fd_;
  std::unordered_map<std::uint64_t, Running> running_;
  std::uint64_t last_ = 0;
};

}  // namespace zomg::monitor
