#include "listener/connection/ssh/libssh_channel.h"

#include <libssh/server.h>

#include <algorithm>
#include <string>

#include "common/base/limits.h"
#include "listener/connection/ssh/own_packets.h"

namespace zomg::connection::ssh {

namespace {

/// As many take an eighth of kMaxBytesBehindRekeying beside their bytes.
constexpr std::size_t kMostPacketsAtOnce = 384;

}  // namespace

LibsshChannel::LibsshChannel(ssh_session session, ssh_channel handle, const ChannelOpen& open,
                             WindowBudget& budget, const Rekeying& rekeying)
    : session_(session),
      handle_(handle),
      client_number_(open.sender),
      rekeying_(rekeying),
      most_at_once_(kMostPacketsAtOnce * std::min(open.max_packet, limits::kMaxPacketData)),
      receive_window_(budget) {}

LibsshChannel::~LibsshChannel() {
  if (handle_ == nullptr) return;
  if (events_ != nullptr) ssh_remove_channel_callbacks(handle_, &callbacks_);
  ssh_channel_free(handle_);
}

void LibsshChannel::leave() {
  if (events_ != nullptr) ssh_remove_channel_callbacks(handle_, &callbacks_);
  handle_ = nullptr;
}

void LibsshChannel::listen(ChannelEvents* events) {
  events_ = events;
  callbacks_.userdata = this;
  callbacks_.channel_signal_function = [](ssh_session, ssh_channel, const char* name, void* user) {
    self(user).events_->on_signal(name);
  };
  callbacks_.channel_eof_function = [](ssh_session, ssh_channel, void* user) {
    self(user).events_->on_eof();
  };
  callbacks_.channel_close_function = [](ssh_session, ssh_channel, void* user) {
    self(user).closed_by_client_ = true;
    self(user).events_->on_close();
  };
  callbacks_.size = sizeof(callbacks_);
  ssh_set_channel_callbacks(handle_, &callbacks_);
}

bool LibsshChannel::receive(std::string_view data, bool extended) {
  if (events_ == nullptr || closed_by_client_ || !receive_window_.arrive(data.size())) return false;
  std::size_t taken = data.size();
  if (!extended) {
    // In order behind what waits already.
    taken = backlog_.empty() ? events_->on_data(data) : 0;
    if (taken < data.size()) backlog_.append(data.substr(taken));
  }
  receive_window_.take(taken);
  grow_window();
  return true;
}

void LibsshChannel::grow_window() {
  if (!is_open()) return;
  if (const std::uint32_t bytes = receive_window_.grant(); bytes > 0) {
    send_window_adjust(session_, client_number_, bytes);
  }
}

std::size_t LibsshChannel::window() const {
  return std::min(in_flight_.room(ssh_channel_window_size(handle_)), most_at_once_);
}

std::size_t LibsshChannel::write(std::string_view data, bool is_stderr) {
  // libssh would keep it, where it began the exchange itself.
  if (rekeying_.under_way()) return 0;
  const auto size = static_cast<std::uint32_t>(std::min(data.size(), most_at_once_));
  in_flight_.look(ssh_channel_window_size(handle_));
  const int taken = is_stderr ? ssh_channel_write_stderr(handle_, data.data(), size)
                              : ssh_channel_write(handle_, data.data(), size);
  if (taken < 0) return data.size();
  in_flight_.send(static_cast<std::size_t>(taken));
  return static_cast<std::size_t>(taken);
}

std::size_t LibsshChannel::read(std::span<char> buffer) {
  std::size_t got = 0;
  while (got < buffer.size() && !backlog_.empty()) {
    const std::string_view data = backlog_.view().substr(0, buffer.size() - got);
    std::copy(data.begin(), data.end(), buffer.begin() + static_cast<std::ptrdiff_t>(got));
    got += data.size();
    backlog_.remove(data.size());
  }
  receive_window_.take(got);
  grow_window();
  return got;
}

void LibsshChannel::send_exit_status(std::uint32_t status) {
  ssh_channel_request_send_exit_status(handle_, static_cast<int>(status));
}

void LibsshChannel::send_exit_signal(std::string_view name, bool core_dumped) {
  ssh_channel_request_send_exit_signal(handle_, std::string(name).c_str(), core_dumped ? 1 : 0, "",
                                       "");
}

void LibsshChannel::close() {
  closed_ = true;
  ssh_channel_close(handle_);
}

}  // namespace zomg::connection::ssh
