#include "listener/connection/session/session.h"

#include <sys/ioctl.h>
#include <termios.h>

#include <cerrno>
#include <utility>

#include "common/base/limits.h"
#include "common/ssh/environment_policy.h"
#include "listener/connection/protocol/signal_names.h"
#include "listener/connection/protocol/terminal_modes.h"
#include "listener/connection/session/fd_checks.h"

namespace zomg::connection {

using common::Failure;
using messages::SessionKind;
using messages::SessionMessage;

// Requests
// -----------------------------------------------------------------------------------------

bool Session::on_request(std::string_view name, std::string_view payload) {
  if (name == "pty-req") return on_pty_request(payload);
  if (name == "env") return on_env(payload);
  if (name == "shell") return on_start(SessionKind::kShell, "");
  if (name == "exec") return on_exec(payload);
  if (name == "subsystem") return on_subsystem(payload);
  if (name == "window-change") return on_window_change(payload);
  if (name == "break") return on_break(payload);
  if (name == "eow@openssh.com") return on_client_reads_no_more();
  if (name == "x11-req") monitor_.report(messages::Event::kForwardingRefused);
  return false;
}

bool Session::on_pty_request(std::string_view payload) {
  if (state_ != State::kIdle || pty_ || !monitor_.terminal_permitted()) return false;
  pty_ = parse_pty_request(payload);
  return pty_.has_value();
}

bool Session::on_env(std::string_view payload) {
  const auto request = parse_env_request(payload);
  return state_ == State::kIdle && request &&
         common::set_variable(environment_, request->name, request->value);
}

bool Session::on_exec(std::string_view payload) {
  const auto command = parse_string_request(payload);
  if (!command || command->find('\0') != std::string_view::npos) return false;
  if (command->size() <= limits::kMaxCommandBytes) return on_start(SessionKind::kExec, *command);
  if (state_ != State::kIdle) return false;
  on_failed(Failure::kArgumentsTooLong);
  return true;
}

bool Session::on_subsystem(std::string_view payload) {
  return parse_string_request(payload) == "sftp" && on_start(SessionKind::kSftp, "");
}

bool Session::on_start(SessionKind kind, std::string_view command) {
  if (state_ != State::kIdle) return false;
  state_ = State::kStarting;
  auto opened = monitor_.open_session({kind, command, pty_.has_value(), environment_});
  if (opened) {
    control_ = std::move(opened->control);
    number_ = opened->number;
    follow_sftp(kind == SessionKind::kSftp, opened->tell_sftp);
  } else {
    on_failed(Failure::kGatewayFailed);
  }
  return true;
}

bool Session::on_window_change(std::string_view payload) {
  const auto size = parse_window_change(payload);
  if (!size || !pty_) return false;
  pty_->size = *size;
  if (state_ == State::kRunning && stdout_.is_open()) {
    ::ioctl(stdout_.fd(), TIOCSWINSZ, &pty_->size);
  }
  return true;
}

bool Session::on_break(std::string_view payload) {
  if (!parse_break_request(payload) || state_ != State::kRunning || !pty_) return false;
  return ::tcsendbreak(stdout_.fd(), 0) == 0;
}

bool Session::on_client_reads_no_more() {
  // As sshd(8): the program's next write to a pipe fails. A terminal has to stay open.
  discard_output_ = true;
  if (!pty_) stdout_.close();
  return true;
}

void Session::on_signal(std::string_view name) {
  const int number = signal_number(name);
  if (number == 0 || state_ != State::kRunning || !control_) return;
  (void)control_.send(messages::DeliverSignal{static_cast<std::uint32_t>(number)});
}

void Session::follow_sftp(bool asked_for, bool tell) {
  if (asked_for) {
    sftp_flow_ = std::make_unique<SftpFlow>();
    input_.limit([this] { return sftp_room(); });
  }
  if (tell) {
    const auto report_sftp = [this](const messages::ReportSftp& report) {
      messages::ReportSftp mine = report;
      mine.session = number_;
      monitor_.report_sftp(mine);
    };
    sftp_watch_ = std::make_unique<SftpWatch>(asked_for, pty_.has_value(), report_sftp);
  }
  if (!asked_for && !tell) return;
  input_.watch([this](std::string_view bytes) {
    if (sftp_flow_) sftp_flow_->on_request_bytes(bytes);
    if (sftp_watch_) sftp_watch_->on_request_bytes(bytes);
  });
  stdout_.watch([this](std::string_view bytes) {
    if (sftp_flow_) sftp_flow_->on_reply_bytes(bytes);
    if (sftp_watch_) sftp_watch_->on_reply_bytes(bytes);
  });
}

void Session::finish_sftp() {
  if (sftp_watch_ && number_ != 0) sftp_watch_->finish();
}

std::size_t Session::sftp_room() const {
  // A client that takes no answers may be one that says all that it has to say before it does.
  const bool unheard = stdout_.has_pending() || channel_.window() == 0;
  return unheard ? SftpFlow::kUnlimited : sftp_flow_->room();
}

// The program
// --------------------------------------------------------------------------------------

void Session::receive_control() {
  auto packet = control_.receive();
  // What it had not read of ours when it ended; what it said last is still there.
  if (!packet && packet.error().errno_value == ECONNRESET) packet = control_.receive();
  if (packet && !packet->closed()) return on_control(*packet);
  control_.close();
  // Nobody is left to say how the program ended.
  if (!ending_)
    on_failed(state_ == State::kStarting ? Failure::kGatewayFailed : Failure::kBoxStopped);
}

void Session::on_control(const ipc::Packet& packet) {
  const auto type = ipc::packet_type(packet.bytes);
  switch (type ? static_cast<SessionMessage>(*type) : SessionMessage::kSessionTarget) {
    case SessionMessage::kSessionReady:
      if (auto ready = ipc::decode<messages::SessionReady>(packet);
          ready && state_ == State::kStarting) {
        return on_ready(std::move(const_cast<ipc::Packet&>(packet).fds), ready->terminal);
      }
      break;
    case SessionMessage::kSessionExited:
      if (auto exited = ipc::decode<messages::SessionExited>(packet)) {
        return end_with(*exited);
      }
      break;
    case SessionMessage::kSessionSignaled:
      if (auto signaled = ipc::decode<messages::SessionSignaled>(packet)) {
        return end_with(*signaled);
      }
      break;
    case SessionMessage::kSessionFailed:
      if (auto failed = ipc::decode<messages::SessionFailed>(packet)) {
        return on_failed(failed->failure, failed->containers);
      }
      break;
    default:
      break;
  }
  on_failed(Failure::kGatewayFailed);
}

void Session::on_ready(std::vector<common::Fd> fds, bool terminal) {
  bool adopted = false;
  if (terminal == pty_.has_value()) {
    if (terminal) {
      adopted = adopt_terminal(std::move(fds[0]));
    } else {
      adopted = adopt_pipes(std::move(fds));
    }
  }
  if (!adopted || !control_.send(messages::SessionGo{})) return on_failed(Failure::kGatewayFailed);
  state_ = State::kRunning;
  fresh_ = true;
}

bool Session::adopt_terminal(common::Fd terminal) {
  if (!is_terminal_master(terminal.get()) || !common::set_nonblocking(terminal.get(), true)) {
    return false;
  }
  termios settings{};
  if (::tcgetattr(terminal.get(), &settings) == 0) {
    apply_terminal_modes(pty_->modes, settings);
    ::tcsetattr(terminal.get(), TCSANOW, &settings);
  }
  ::ioctl(terminal.get(), TIOCSWINSZ, &pty_->size);
  input_.open(terminal.get());
  stdout_.open(std::move(terminal));
  return true;
}

bool Session::adopt_pipes(std::vector<common::Fd> fds) {
  if (!is_pipe_to_write(fds[0].get()) || !is_pipe_to_read(fds[1].get()) ||
      !is_pipe_to_read(fds[2].get())) {
    return false;
  }
  for (const common::Fd& fd : fds) {
    if (!common::set_nonblocking(fd.get(), true)) return false;
  }
  stdin_ = std::move(fds[0]);
  input_.open(stdin_.get(), limits::kInputPipeBytes);
  if (!discard_output_) stdout_.open(std::move(fds[1]));
  stderr_.open(std::move(fds[2]));
  return true;
}

void Session::on_failed(Failure failure, const messages::ContainerNames& containers) {
  farewell_ = sentence(failure);
  std::string_view before = " It has: ";
  for (const auto& name : containers.value) {
    farewell_.append(std::exchange(before, ", ")).append(name);
  }
  if (!containers.value.empty()) farewell_ += '.';
  farewell_ += pty_ ? "\r\n" : "\n";
  if (pty_ && state_ == State::kRunning) farewell_.insert(0, "\r\n");
  state_ = State::kRunning;
  end_with(messages::SessionExited{common::exit_status(failure)});
}

void Session::end_with(Ending ending) {
  if (ending_) return;
  ending_ = ending;
  // A program that ended without a word of Ready has no outputs to wait for.
  state_ = State::kRunning;
  control_.close();
}

}  // namespace zomg::connection
