#include "listener/connection/ssh/libssh_channel.h"

#include <libssh/server.h>

#include <algorithm>
#include <string>

namespace zomg::connection::ssh {

LibsshChannel::LibsshChannel(ssh_channel handle) : handle_(handle) {}

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
  callbacks_.channel_data_function = [](ssh_session, ssh_channel, void* data, uint32_t size,
                                        int is_stderr, void* user) {
    // A client has no extended data to send (RFC 4254 §5.2).
    if (is_stderr != 0) return static_cast<int>(size);
    return static_cast<int>(self(user).events_->on_data({static_cast<const char*>(data), size}));
  };
  callbacks_.channel_signal_function = [](ssh_session, ssh_channel, const char* name, void* user) {
    self(user).events_->on_signal(name);
  };
  callbacks_.channel_eof_function = [](ssh_session, ssh_channel, void* user) {
    self(user).events_->on_eof();
  };
  callbacks_.channel_close_function = [](ssh_session, ssh_channel, void* user) {
    self(user).events_->on_close();
  };
  callbacks_.size = sizeof(callbacks_);
  ssh_set_channel_callbacks(handle_, &callbacks_);
}

std::size_t LibsshChannel::window() const {
  return ssh_channel_window_size(handle_);
}

std::size_t LibsshChannel::write(std::string_view data, bool is_stderr) {
  const auto size = static_cast<std::uint32_t>(data.size());
  const int taken = is_stderr ? ssh_channel_write_stderr(handle_, data.data(), size)
                              : ssh_channel_write(handle_, data.data(), size);
  return taken < 0 ? data.size() : static_cast<std::size_t>(taken);
}

std::size_t LibsshChannel::read(std::span<char> buffer) {
  const int got = ssh_channel_read_nonblocking(handle_, buffer.data(),
                                               static_cast<std::uint32_t>(buffer.size()), 0);
  return static_cast<std::size_t>(std::max(got, 0));
}

void LibsshChannel::send_exit_status(std::uint32_t status) {
  ssh_channel_request_send_exit_status(handle_, static_cast<int>(status));
}

void LibsshChannel::send_exit_signal(std::string_view name, bool core_dumped) {
  ssh_channel_request_send_exit_signal(handle_, std::string(name).c_str(), core_dumped ? 1 : 0, "",
                                       "");
}

void LibsshChannel::close() {
  ssh_channel_close(handle_);
}

}  // namespace zomg::connection::ssh
