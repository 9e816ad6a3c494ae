#pragma once

#include "common/ipc/message.h"

/// supervisor ↔ zomg-ssh-log, on the latter's fd 3.
namespace zomg::messages {

enum class LogMessage : std::uint32_t { kLogSettings, kLogReady, kFlushLog, kLogFlushed };

/// supervisor → log, the first packet: the account to run as.
struct LogSettings {
  static constexpr auto kType = LogMessage::kLogSettings;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  static auto fields(auto& self) { return std::tie(self.uid, self.gid); }
};

/// log → supervisor: it is confined, and writes from now on.
struct LogReady {
  static constexpr auto kType = LogMessage::kLogReady;
  static auto fields(auto& /*self*/) { return std::tie(); }
};

/// supervisor → log: to say when all that was sent before this is written.
struct FlushLog {
  static constexpr auto kType = LogMessage::kFlushLog;
  static auto fields(auto& /*self*/) { return std::tie(); }
};

/// log → supervisor: it is.
struct LogFlushed {
  static constexpr auto kType = LogMessage::kLogFlushed;
  static auto fields(auto& /*self*/) { return std::tie(); }
};

}  // namespace zomg::messages
