#pragma once

#include <functional>
#include <string>

#include "common/messages/settings.h"
#include "monitor/files/file_requests.h"

namespace zomg::monitor {

/// The YAML file read again while the gateway serves: a file reader has its bytes, the settings reader
/// makes sense of them, and the monitor waits for neither.
class SettingsReading {
 public:
  using OnRead = std::function<void(common::Result<messages::SettingsFile>)>;

  SettingsReading(EventLoop& loop, FileRequests& files, const Program& reader, int null_fd)
      : loop_(loop), files_(files), reader_(reader), null_fd_(null_fd) {}
  ~SettingsReading();
  SettingsReading(const SettingsReading&) = delete;
  SettingsReading& operator=(const SettingsReading&) = delete;

  /// Calls `on_read` once, later. Asked again meanwhile, it reads once more afterwards.
  void start(const std::string& path, OnRead on_read);

 private:
  void read();
  common::Result<void> parse(const common::Fd& file);
  void on_bytes();
  void on_end();
  void finish(common::Result<messages::SettingsFile> settings);

  EventLoop& loop_;
  FileRequests& files_;
  const Program& reader_;
  int null_fd_;
  std::string path_;
  OnRead on_read_;
  bool under_way_ = false;
  bool again_ = false;
  common::Child child_;  ///< until it was reaped
  common::Fd pipe_;
  std::string answer_;
  EventLoop::TimerId deadline_ = 0;
};

}  // namespace zomg::monitor
