#pragma once

#include <chrono>
#include <deque>
#include <optional>
#include <string>

#include "common/base/child.h"
#include "common/base/failure.h"
#include "common/ipc/channel.h"
#include "common/messages/session.h"
#include "sessiond/kubectl/output_relay.h"
#include "sessiond/kubectl/remote_signal.h"
#include "sessiond/kubectl/session_header.h"
#include "sessiond/kubectl/session_streams.h"

namespace zomg::kubectl {

/// The parent of a kubectl that runs the user's program: keeps what is not the user's from the
/// client's eyes, tells the connection process how the program ended, passes on signals, and sees
/// to it that nothing is left in the container when the client goes.
class Supervisor {
 public:
  struct Backend {
    ipc::Channel monitor;  ///< for the record: how the session ended
    common::Fd kubectl;    ///< the program
    messages::BoxClaim box;
    std::string id;  ///< of the session, by which remote_signal.sh finds it
    Mark mark;
    common::Fd signals;  ///< a signalfd for SIGTERM and SIGWINCH
  };

  Supervisor(Backend backend, SessionStreams streams, ipc::Channel control);

  /// Starts kubectl; `input` is what it reads first, all but the end of the header. Serves until it,
  /// and what it left in the container, have ended.
  common::Result<void> run(std::string input);

 private:
  using Clock = std::chrono::steady_clock;

  void step();
  int timeout_ms() const;
  // supervisor.cc: who tells us what
  void on_control();
  void on_signals();
  void on_kubectl_end();
  void on_deadlines();
  void say();
  template <ipc::Message Ending>
  void tell(const Ending& ending);
  void conclude();
  bool outputs_ended() const { return main_.ended() && (!output_ || output_->ended()); }
  bool is_complete() const;
  bool client_gone() const { return client_gone_ || main_.client_gone(); }
  const OutputFilter& filter() const { return main_.filter(); }
  // ending.cc: errands, and the end
  void hang_up();
  void finish();
  void want_remote_signal(std::string what);
  void start_remote_signal();
  void on_remote_signal_end();
  // relay.cc: bytes
  void read_kubectl_error();
  void read_client();
  void read_terminal();
  void end_header(std::string_view end);
  void write_backend();
  int input_source() const;
  int input_target() const;

  Backend backend_;
  SessionStreams streams_;
  ipc::Channel control_;
  common::Child kubectl_;
  /// The terminal, or stderr, on which session.sh has its say.
  OutputRelay main_;
  /// Without a terminal: stdout.
  std::optional<OutputRelay> output_;
  std::string to_backend_;
  std::string kubectl_says_;
  std::optional<RemoteSignal> remote_signal_;
  std::deque<std::string> errands_to_run_;  ///< names of signals, or DONE

  bool kubectl_ended_ = false;
  bool kubectl_failed_ = false;
  bool header_ended_ = false;  ///< the container knows whether there is input
  bool input_ended_ = false;   ///< nothing more is to come on stdin
  bool finishing_ = false;     ///< all is known and given on; session.sh is to end
  bool told_ = false;          ///< the connection process knows how it ended
  bool stopping_ = false;      ///< the gateway stops
  bool client_gone_ = false;
  bool broken_told_ = false;  ///< the program had its SIGPIPE
  bool hanging_up_ = false;
  bool done_ = false;
  std::optional<Clock::time_point> start_deadline_;   ///< for the program's start
  std::optional<Clock::time_point> input_deadline_;   ///< for the first of the client's input
  std::optional<Clock::time_point> finish_deadline_;  ///< for the end of session.sh
  std::optional<Clock::time_point> linger_deadline_;  ///< for outputs after the program's end
  std::optional<Clock::time_point> remote_signal_deadline_;  ///< for the next try
  std::optional<Clock::time_point> give_up_deadline_;        ///< for all tries
  std::chrono::milliseconds remote_signal_delay_{1000};
};

}  // namespace zomg::kubectl
