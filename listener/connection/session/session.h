#pragma once

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/base/failure.h"
#include "common/ipc/channel.h"
#include "common/messages/session.h"
#include "listener/connection/protocol/channel.h"
#include "listener/connection/protocol/channel_request.h"
#include "listener/connection/requests/monitor_link.h"
#include "listener/connection/session/idle_timer.h"
#include "listener/connection/session/input_stream.h"
#include "listener/connection/session/output_stream.h"
#include "listener/connection/session/poll_set.h"
#include "listener/connection/session/sftp_flow.h"
#include "listener/connection/session/sftp_watch.h"

namespace zomg::connection {

/// One session channel (RFC 4254 §6): its requests, its program in the box, and the bytes between.
///
///   kIdle ──shell, exec, subsystem──► kStarting ──SessionReady──► kRunning ──end──► kClosed
///
/// A session that fails goes from kStarting to kClosed with a sentence for the user.
class Session final : public ChannelEvents {
 public:
  /// `idle_timeout` 0: it may be idle for ever.
  explicit Session(Channel& channel, MonitorLink& monitor,
                   std::chrono::seconds idle_timeout = std::chrono::seconds(0))
      : channel_(channel), monitor_(monitor), idle_(idle_timeout) {}
  /// Also where the client left without closing the channel.
  ~Session() { finish_sftp(); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // ChannelEvents
  bool on_request(std::string_view name, std::string_view payload) override;
  std::size_t on_data(std::string_view data) override { return input_.take(data); }
  void on_signal(std::string_view name) override;
  void on_eof() override { client_eof_ = true; }
  void on_close() override { client_closed_ = true; }

  Channel& channel() const { return channel_; }
  bool has_terminal() const { return pty_.has_value(); }
  /// How many bytes the client sent to a terminal.
  std::uint64_t typed() const { return pty_ ? input_.bytes() : 0; }
  bool client_closed() const { return client_closed_; }
  /// Whether the program may have output for the client.
  bool is_running() const { return state_ == State::kRunning; }

  /// When step() is to be called though nothing happens.
  IdleTimer::Clock::time_point deadline() const {
    const bool over = state_ == State::kClosed || ending_;
    return std::min(over ? IdleTimer::Clock::time_point::max() : idle_.deadline(),
                    input_.rests_until());
  }

  /// Adds what this session waits for; outputs only when `may_send`, the client's socket being
  /// free.
  void add_to(PollSet& poll_set, bool may_send) const;
  /// Moves what is to be moved through `buffer`: at most `output_limit` bytes of each output, none
  /// when 0. True when there is more to do that poll(2) may not show.
  bool step(const PollSet& poll_set, std::span<char> buffer, std::size_t output_limit);

 private:
  enum class State { kIdle, kStarting, kRunning, kClosed };
  using Ending = std::variant<messages::SessionExited, messages::SessionSignaled>;

  bool on_pty_request(std::string_view payload);
  bool on_env(std::string_view payload);
  bool on_start(messages::SessionKind kind, std::string_view command);
  bool on_exec(std::string_view payload);
  bool on_subsystem(std::string_view payload);
  bool on_window_change(std::string_view payload);
  bool on_break(std::string_view payload);
  bool on_client_reads_no_more();

  void receive_control();
  void on_control(const ipc::Packet& packet);
  void on_ready(std::vector<common::Fd> fds, bool terminal);
  bool adopt_terminal(common::Fd terminal);
  bool adopt_pipes(std::vector<common::Fd> fds);
  void on_failed(common::Failure failure, const messages::ContainerNames& containers = {});
  void end_with(Ending ending);

  /// What reading the outputs led to.
  enum class Flow { kNone, kMoved, kBlocked, kIdle };
  Flow pump_outputs(const PollSet& poll_set, std::span<char> buffer, std::size_t limit);
  void pump_input(const PollSet& poll_set, std::span<char> buffer);
  void pass_on_eof();
  void follow_sftp(bool asked_for, bool tell);
  void finish_sftp();
  std::size_t sftp_room() const;
  void check_idle();
  void end_idle();
  void say_farewell();
  bool conclude(Flow flow);
  void send_ending();
  void let_go();

  Channel& channel_;
  MonitorLink& monitor_;
  IdleTimer idle_;
  bool ended_idle_ = false;
  State state_ = State::kIdle;

  std::optional<PtyRequest> pty_;
  messages::Environment environment_;
  ipc::Channel control_;
  /// What the monitor knows this session by; 0 before it knows it, and when it was told the bytes.
  std::uint32_t number_ = 0;

  OutputStream stdout_{false};
  OutputStream stderr_{true};
  InputStream input_;
  /// The write end of stdin's pipe; a terminal is owned by stdout_.
  common::Fd stdin_;

  /// Where sftp was asked for.
  std::unique_ptr<SftpFlow> sftp_flow_;
  /// Where the monitor wants to know of it.
  std::unique_ptr<SftpWatch> sftp_watch_;
  bool discard_output_ = false;
  /// The descriptors have just come, and poll(2) has not seen them yet.
  bool fresh_ = false;
  bool client_eof_ = false;
  bool client_closed_ = false;
  /// What the user is told when the outputs have run dry.
  std::string farewell_;
  std::optional<Ending> ending_;
  bool ending_sent_ = false;
};

}  // namespace zomg::connection
