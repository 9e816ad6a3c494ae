#pragma once

#include <array>
#include <chrono>
#include <string>

#include "common/ipc/channel.h"
#include "monitor/helpers/log/line_queue.h"

namespace zomg::log_writer {

/// Reads lines from two sockets, one packet a line, and writes them to the log. It is the one process
/// that may wait for the log's reader.
class Writer {
 public:
  /// `own` and `others` are SOCK_SEQPACKET sockets, `output` is the log; all three stay open.
  Writer(int own, int others, int output, ipc::Channel supervisor);

  /// Returns when nobody is left who could say anything, and all is written, or nobody reads it.
  common::Result<void> run();

 private:
  using Clock = std::chrono::steady_clock;
  struct Source {
    int fd;
    Voice voice;
    bool open = true;
  };

  bool ended() const;
  bool may_write() const;
  int timeout_ms() const;
  /// Takes lines from `source`: at most `most`, and those that are there.
  void read(Source& source, int most);
  void write();
  void on_supervisor();
  void answer_flush();

  std::array<Source, 2> sources_;
  int output_;
  ipc::Channel supervisor_;
  LineQueue queue_;
  std::string buffer_;
  Clock::time_point last_written_ = Clock::now();
  bool failing_ = false;
  bool flush_wanted_ = false;
};

}  // namespace zomg::log_writer
