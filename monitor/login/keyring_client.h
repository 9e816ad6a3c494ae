#pragma once

#include "common/ipc/shelf.h"
#include "common/messages/keyring.h"
#include "monitor/base/helper.h"
#include "monitor/base/message_budget.h"
#include "monitor/login/key_store.h"

namespace zomg::monitor {

/// Runs the keyring and hands what it tells to the key store.
class KeyringClient {
 public:
  /// `state_files`: none when nothing is kept.
  KeyringClient(EventLoop& loop, const Program& program, int null_fd,
                messages::KeyringSettings settings, ipc::Shelf state_files, KeyStore& keys);

  common::Result<void> start() { return helper_.start(); }
  void stop() { helper_.stop(); }
  bool running() const { return helper_.running(); }
  /// Has the keys of all users fetched at once.
  void fetch_now();

 private:
  common::Result<void> on_start(const ipc::Channel& channel);
  common::Result<void> on_packet(const ipc::Packet& packet);

  messages::KeyringSettings settings_;
  ipc::Shelf state_files_;
  KeyStore& keys_;
  MessageBudget budget_;
  Helper helper_;
};

}  // namespace zomg::monitor
