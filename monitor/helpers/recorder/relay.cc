#include "monitor/helpers/recorder/relay.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "common/base/io/signals.h"
#include "common/base/limits.h"
#include "common/base/log.h"
#include "common/base/uninterrupted.h"
#include "common/messages/session.h"

namespace zomg::recorder {
namespace {

using common::Failure;
using messages::SessionMessage;

bool is_later(ssize_t result) {
  return result < 0 && errno == EAGAIN;
}

ssize_t read_some(int fd, std::string& buffer) {
  return common::uninterrupted([&] { return ::read(fd, buffer.data(), buffer.size()); });
}

/// Writes what the other side takes. False when it takes nothing more ever.
bool write_some(int fd, std::string& bytes) {
  while (!bytes.empty()) {
    const ssize_t written =
        common::uninterrupted([&] { return ::write(fd, bytes.data(), bytes.size()); });
    if (is_later(written)) return true;
    if (written <= 0) return false;
    bytes.erase(0, static_cast<std::size_t>(written));
  }
  return true;
}

SessionMessage type_of(const ipc::Packet& packet) {
  const auto type = ipc::packet_type(packet.bytes);
  return type ? static_cast<SessionMessage>(*type) : SessionMessage::kSessionTarget;
}

}  // namespace

Relay::Relay(ipc::Channel client, ipc::Channel session, Terminal terminal, Recording recording,
             bool mandatory, common::Fd resized)
    : client_(std::move(client)),
      session_(std::move(session)),
      terminal_(std::move(terminal)),
      recording_(std::move(recording)),
      mandatory_(mandatory),
      resized_(std::move(resized)),
      buffer_(limits::kRecorderReadBytes, '\0') {}

void Relay::run() {
  while (!done_) {
    wait();
    if (client_events_ != 0) on_client();
    if (!done_ && session_events_ != 0) on_session();
    if (running() && resize_events_ != 0) on_resize();
    if (running()) pump_input();
    if (running()) pump_output();
    if (!done_) conclude();
  }
  if (recording_) take(recording_->finish());
}

void Relay::wait() {
  const auto entry = [](int fd, int events) {
    // Without events not at all: a hangup would be reported again and again.
    return pollfd{events == 0 ? -1 : fd, static_cast<short>(events), 0};
  };
  const int from_program = going_ && !program_ended_ && output_.empty() ? POLLIN : 0;
  const int to_program = going_ && !program_ended_ && !input_.empty() ? POLLOUT : 0;
  const int from_client = going_ && input_.empty() ? POLLIN : 0;
  const int to_client = output_.empty() ? 0 : POLLOUT;
  std::array<pollfd, 5> entries{entry(client_.fd(), POLLIN),
                                entry(session_.fd(), session_ && !last_word_ ? POLLIN : 0),
                                entry(program_.get(), from_program | to_program),
                                entry(terminal_.end.get(), from_client | to_client),
                                entry(resized_.get(), going_ ? POLLIN : 0)};
  if (::poll(entries.data(), entries.size(), -1) < 0) entries = {};
  client_events_ = entries[0].revents;
  session_events_ = entries[1].revents;
  program_events_ = entries[2].revents;
  terminal_events_ = entries[3].revents;
  resize_events_ = entries[4].revents;
}

void Relay::on_client() {
  auto packet = client_.receive();
  if (!packet || packet->closed()) {
    // As when a client goes: the box's terminal hangs up, and sessiond sees its control close.
    done_ = true;
    return;
  }
  if (type_of(*packet) == SessionMessage::kSessionGo && program_ && !going_) return on_go(*packet);
  if (session_) (void)session_.send_packet(packet->bytes).has_value();
}

void Relay::on_session() {
  auto packet = session_.receive();
  if (!packet || packet->closed()) {
    session_.close();
    return;
  }
  switch (type_of(*packet)) {
    case SessionMessage::kSessionReady:
      return on_ready(*packet);
    case SessionMessage::kSessionExited:
    case SessionMessage::kSessionSignaled:
    case SessionMessage::kSessionFailed:
      last_word_ = std::move(packet->bytes);
      return;
    default:
      return fail(Failure::kGatewayFailed);
  }
}

void Relay::on_ready(ipc::Packet& packet) {
  const auto ready = ipc::decode<messages::SessionReady>(packet);
  if (program_ || !ready || !ready->terminal || !is_terminal_master(packet.fds[0].get())) {
    return fail(Failure::kGatewayFailed);
  }
  program_ = std::move(packet.fds[0]);
  if (!client_.send_packet(packet.bytes, {terminal_.master.get()})) done_ = true;
  // Its only other owner is the connection process now, whose going is its hangup.
  terminal_.master.reset();
}

void Relay::on_go(const ipc::Packet& packet) {
  if (auto set = hand_on_modes(terminal_.end.get(), program_.get()); !set) {
    log::error("{}", set.error().message);
    return fail(Failure::kGatewayFailed);
  }
  const auto size = window_size(terminal_.end.get());
  take(size ? recording_->start(*size) : common::Result<void>(size.error()));
  if (done_) return;
  going_ = true;
  if (!session_.send_packet(packet.bytes)) session_.close();
}

void Relay::on_resize() {
  if (common::take_signal(resized_.get()) == 0) return;
  const auto size = window_size(terminal_.end.get());
  if (!size) return;
  ::ioctl(program_.get(), TIOCSWINSZ, &*size);
  if (recording_) take(recording_->resize(*size));
}

void Relay::pump_output() {
  if (!write_some(terminal_.end.get(), output_)) output_.clear();
  for (int i = 0; i < limits::kMaxRecorderReads && output_.empty() && !done_; ++i) {
    const ssize_t got = program_ended_ ? 0 : read_some(program_.get(), buffer_);
    if (got <= 0) {
      program_silent_ = true;
      if (!is_later(got)) program_ended_ = true;  // EIO: nobody has the terminal open
      return;
    }
    program_silent_ = false;
    const std::string_view bytes(buffer_.data(), static_cast<std::size_t>(got));
    // First of all: what cannot be recorded is not shown.
    if (recording_) take(recording_->output(bytes));
    if (done_) return;
    output_ = bytes;
    if (!write_some(terminal_.end.get(), output_)) output_.clear();
  }
}

void Relay::pump_input() {
  if (!input_.empty() && !write_some(program_.get(), input_)) input_.clear();
  if (!input_.empty() || terminal_events_ == 0) return;
  const ssize_t got = read_some(terminal_.end.get(), buffer_);
  if (is_later(got)) return;
  if (got <= 0) {
    done_ = true;
    return;
  }
  input_.assign(buffer_.data(), static_cast<std::size_t>(got));
  if (!write_some(program_.get(), input_)) input_.clear();
}

void Relay::conclude() {
  if (!ending()) return;
  // Only a read that found nothing tells that all has been said.
  if (going_ && (!output_.empty() || !program_silent_)) return;
  said_ = true;
  if (last_word_) (void)client_.send_packet(*last_word_).has_value();
  // What the terminal has of the output stays there to be read.
  done_ = true;
}

void Relay::take(const common::Result<void>& recorded) {
  if (recorded) return;
  recording_.reset();
  if (mandatory_) {
    log::error("a session ends because it cannot be recorded: {}", recorded.error().message);
    return fail(Failure::kNotRecorded);
  }
  log::error("a session goes on without being recorded: {}", recorded.error().message);
}

void Relay::fail(Failure failure) {
  if (!said_) (void)client_.send(messages::SessionFailed{failure}).has_value();
  done_ = true;
}

}  // namespace zomg::recorder
