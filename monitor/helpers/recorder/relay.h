#pragma once

#include <optional>
#include <string>

#include "common/base/failure.h"
#include "common/ipc/channel.h"
#include "monitor/helpers/recorder/recording.h"
#include "monitor/helpers/recorder/terminal.h"

namespace zomg::recorder {

/// Stands between a connection process and a session's sessiond (or zomg-ssh-kubectl), and between
/// their terminals, and records what the box's side writes. Neither of the two is told: control
/// messages go through as they are, but for the terminal of SessionReady, which is replaced, and
/// the news of the end, which waits until all output has gone through.
class Relay {
 public:
  /// Without `mandatory` a session goes on when it cannot be recorded. `resized` is a signalfd of
  /// SIGWINCH.
  Relay(ipc::Channel client, ipc::Channel session, Terminal terminal, Recording recording,
        bool mandatory, common::Fd resized);

  /// Until the connection process has gone, or was sent all of the session, the news of its end included.
  void run();

 private:
  void wait();
  void on_client();
  void on_session();
  void on_ready(ipc::Packet& packet);
  void on_go(const ipc::Packet& packet);
  void on_resize();
  void pump_output();
  void pump_input();
  void conclude();
  void take(const common::Result<void>& recorded);
  void fail(common::Failure failure);
  bool ending() const { return last_word_.has_value() || !session_; }
  bool running() const { return going_ && !done_; }

  ipc::Channel client_;
  ipc::Channel session_;
  Terminal terminal_;
  std::optional<Recording> recording_;
  bool mandatory_;
  common::Fd resized_;
  common::Fd program_;  ///< the master of the box's terminal
  std::string output_;  ///< read from the program, and not written yet
  std::string input_;
  std::string buffer_;
  std::optional<std::string> last_word_;
  bool going_ = false;
  bool program_silent_ = false;
  bool program_ended_ = false;
  bool said_ = false;
  bool done_ = false;
  short client_events_ = 0;
  short session_events_ = 0;
  short program_events_ = 0;
  short terminal_events_ = 0;
  short resize_events_ = 0;
};

}  // namespace zomg::recorder
