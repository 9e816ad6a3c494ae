#pragma once

#include <functional>
#include <string>

#include "common/messages/file.h"
#include "monitor/base/helper.h"
#include "monitor/base/message_budget.h"
#include "monitor/files/file_answer.h"

namespace zomg::monitor {

/// A file whose contents may change at any time, read by a zomg-ssh-file-reader of its own: a disk that
/// does not answer holds up that process and not the monitor.
class FileWatch {
 public:
  /// What a file is whose reader says nothing for a while, or fails again and again: what it was, or one
  /// that cannot be read.
  enum class Silence { kStays, kIsAnError };

  using OnContents = std::function<void(const common::Result<std::string>&)>;

  /// `setting` names the file in the log. `on_contents` hears what the file holds, or why it cannot be
  /// read: once soon after start(), and again whenever that is something else.
  FileWatch(EventLoop& loop, const Program& program, int null_fd, messages::FileOrder order,
            std::string setting, Silence silence, OnContents on_contents);
  ~FileWatch() { loop_.cancel(timer_); }
  FileWatch(const FileWatch&) = delete;
  FileWatch& operator=(const FileWatch&) = delete;

  common::Result<void> start();
  /// Has `on_contents` hear of the file again, also when it is what it was.
  void read_now();

 private:
  common::Result<void> on_start(const ipc::Channel& channel);
  common::Result<void> on_packet(const ipc::Packet& packet);
  /// Whether the reader may say one more thing.
  bool may_speak(bool asked);
  void heard();
  void look_at_reader();

  EventLoop& loop_;
  messages::FileOrder order_;
  std::string setting_;
  Silence silence_;
  OnContents on_contents_;
  EventLoop::Clock::time_point heard_;
  EventLoop::Clock::time_point started_;
  /// Of what it says unasked.
  MessageBudget budget_;
  unsigned unanswered_ = 0;
  bool silent_ = false;
  FileAnswerReader reader_;
  EventLoop::TimerId timer_ = 0;
  Helper helper_;
};

}  // namespace zomg::monitor
