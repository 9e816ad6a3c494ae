#pragma once

#include <chrono>
#include <string>

#include "common/ipc/channel.h"
#include "common/messages/file.h"
#include "monitor/helpers/file_reader/watched_file.h"

namespace zomg::file_reader {

/// Tells the monitor what a file holds whenever that has changed. It may wait for the file, for ever
/// if the disk does not answer; the monitor does not.
class Watcher {
 public:
  /// `changes` is what open_changes() gave.
  Watcher(const messages::FileOrder& order, const ipc::Channel& monitor, common::Fd changes);

  /// Returns when the monitor has closed the channel; an Error when it broke the contract.
  common::Result<void> run();

 private:
  common::Result<void> look();
  /// Has the kernel tell of changes in the file's directory, the next time that they are waited for.
  void watch_directory();

  WatchedFile file_;
  const ipc::Channel& monitor_;
  std::string directory_;
  common::Fd changes_;
  std::chrono::steady_clock::time_point told_ = std::chrono::steady_clock::now();
};

/// An inotify(7) descriptor for a file whose changes are to be told at once; none for another, or where
/// there is none to be had. Before the sandbox.
common::Fd open_changes(const messages::FileOrder& order);

}  // namespace zomg::file_reader
