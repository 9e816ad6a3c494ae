#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "common/ipc/channel.h"
#include "common/messages/keyring.h"
#include "monitor/helpers/keyring/fetcher.h"
#include "monitor/helpers/keyring/schedule.h"
#include "monitor/helpers/keyring/state_files.h"

namespace zomg::keyring {

/// Keeps the monitor told of the keys of all users: first of those that were saved, then of what
/// GitHub answers, for as long as the monitor is there.
class Keyring {
 public:
  Keyring(ipc::Channel channel, messages::KeyringSettings settings, std::string ca_bundle,
          StateFiles files);

  /// Serves until the monitor closes the channel. An Error: the monitor broke the contract, or only
  /// a new process can do better (kKeyringRenewal).
  common::Result<void> run();

 private:
  using Clock = Schedule::Clock;
  using WallClock = std::chrono::system_clock;

  /// What GitHub said last of a user.
  struct Known {
    std::string etag;
    WallClock::time_point confirmed_at;
    messages::KeyBlobs keys;
  };
  struct User {
    std::string login;
    Schedule schedule;
    bool fetching = false;
    std::optional<Known> known;
  };

  common::Result<void> tell_saved();
  void start_due(Clock::time_point now);
  std::chrono::milliseconds time_to_next(Clock::time_point now) const;
  /// False when the monitor has closed the channel.
  common::Result<bool> serve_monitor();
  common::Result<void> on_done(Fetcher::Done done);
  common::Result<void> tell(std::size_t user, messages::KeysOrigin origin,
                            std::chrono::seconds age);
  bool save_is_due(Clock::time_point now) const;
  void save(Clock::time_point now);
  double random() { return std::uniform_real_distribution<>(0, 1)(random_); }

  ipc::Channel channel_;
  messages::KeyringSettings settings_;
  StateFiles files_;
  Fetcher fetcher_;
  std::vector<User> users_;
  std::mt19937 random_;
  Clock::time_point started_;
  bool outdated_ = false;
  /// Since when something is not saved; and before when saving is not tried.
  std::optional<Clock::time_point> unsaved_since_;
  Clock::time_point no_save_before_;
  Clock::time_point saved_at_;
};

}  // namespace zomg::keyring
