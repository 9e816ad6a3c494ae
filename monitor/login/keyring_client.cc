#include "monitor/login/keyring_client.h"

#include <algorithm>

#include "common/base/limits.h"
#include "common/base/log.h"

namespace zomg::monitor {

using common::Result;
using messages::KeyringMessage;
using namespace std::chrono_literals;

namespace {

/// Of each user it says what it has kept and what it fetched, and again when it is told to fetch;
/// then what comes of one fetch after the other: here is twice as much.
MessageBudget budget_for(const messages::KeyringSettings& settings) {
  const auto users = static_cast<double>(settings.users.value.size());
  const auto interval = std::clamp<std::chrono::seconds>(
      std::chrono::seconds(settings.refresh_seconds), 1s, limits::kFetchBackoff);
  return {16 + 4 * users, 2 * users / static_cast<double>(interval.count()),
          EventLoop::Clock::now()};
}

}  // namespace

KeyringClient::KeyringClient(EventLoop& loop, const Program& program, int null_fd,
                             messages::KeyringSettings settings, ipc::Shelf state_files,
                             KeyStore& keys)
    : settings_(std::move(settings)),
      state_files_(std::move(state_files)),
      keys_(keys),
      budget_(budget_for(settings_)),
      helper_(
          loop, program, null_fd,
          {[this](const ipc::Channel& channel) { return on_start(channel); },
           [this](const ipc::Channel&, const ipc::Packet& packet) { return on_packet(packet); }}) {}

Result<void> KeyringClient::on_start(const ipc::Channel& channel) {
  budget_.refill();
  settings_.keeps = static_cast<bool>(state_files_);
  return settings_.keeps ? channel.send(settings_, {state_files_.fd()}) : channel.send(settings_);
}

void KeyringClient::fetch_now() {
  if (!helper_.running()) return;  // it fetches when it starts
  budget_.refill();
  if (auto sent = helper_.channel().send(messages::FetchNow{}); !sent) {
    log::error("keyring: {}", sent.error().message);
  }
}

Result<void> KeyringClient::on_packet(const ipc::Packet& packet) {
  if (!budget_.spend(EventLoop::Clock::now())) return common::error("too many answers");
  const auto type = ipc::packet_type(packet.bytes);
  if (!type) return type.error();
  if (*type == static_cast<std::uint32_t>(KeyringMessage::kGithubFailure)) {
    auto failure = ipc::decode<messages::GithubFailure>(packet);
    return failure ? keys_.apply(*failure) : failure.error();
  }
  auto keys = ipc::decode<messages::GithubKeys>(packet);
  return keys ? keys_.apply(*keys) : keys.error();
}

}  // namespace zomg::monitor
