#include "monitor/keyring_client.h"

#include "common/log.h"

namespace zomg::monitor {

using common::Result;
using messages::KeyringMessage;

KeyringClient::KeyringClient(EventLoop& loop, const Program& program, int null_fd,
                             messages::KeyringSettings settings, ipc::Shelf state_files,
                             KeyStore& keys)
    : settings_(std::move(settings)),
      state_files_(std::move(state_files)),
      keys_(keys),
      helper_(
          loop, program, null_fd,
          {[this](const ipc::Channel& channel) { return on_start(channel); },
           [this](const ipc::Channel&, const ipc::Packet& packet) { return on_packet(packet); }}) {}

Result<void> KeyringClient::on_start(const ipc::Channel& channel) {
  return state_files_ ? channel.send(settings_, {state_files_.fd()}) : channel.send(settings_);
}

void KeyringClient::fetch_now() {
  if (!helper_.running()) return;  // it fetches when it starts
  if (auto sent = helper_.channel().send(messages::FetchNow{}); !sent) {
    log::error("keyring: {}", sent.error().message);
  }
}

Result<void> KeyringClient::on_packet(const ipc::Packet& packet) {
  if (!packet.fds.empty()) return common::error("descriptors where none belong");
  const auto type = ipc::packet_type(packet.bytes);
  if (!type) return type.error();
  if (*type == static_cast<std::uint32_t>(KeyringMessage::kGithubFailure)) {
    auto failure = ipc::decode<messages::GithubFailure>(packet.bytes);
    return failure ? keys_.apply(*failure) : failure.error();
  }
  auto keys = ipc::decode<messages::GithubKeys>(packet.bytes);
  return keys ? keys_.apply(*keys) : keys.error();
}

}  // namespace zomg::monitor
