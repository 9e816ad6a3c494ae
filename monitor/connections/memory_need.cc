#include "monitor/connections/memory_need.h"

#include "common/base/limits.h"

namespace zomg::monitor {

namespace {

/// A second session's process, or what waits for one ahead of it (0.4 MiB), and the kernel's part.
constexpr std::uint64_t kSecondSessionKibibytes = 512;

}  // namespace

std::uint64_t greatest_memory_mebibytes(const Settings& settings) {
  constexpr std::uint64_t kKibibyte = 1024;
  const std::uint64_t windows =
      settings.max_sessions * limits::kLeastReceiveWindowBytes / kKibibyte;
  constexpr std::uint64_t kPipes =
      Settings::kSessionsPerConnection * limits::kInputPipeBytes / kKibibyte;
  // Of what its server never answers, or of files that are never closed.
  constexpr std::uint64_t kObserved =
      Settings::kSessionsPerConnection * limits::kMaxSftpHeldBytes / kKibibyte;
  const std::uint64_t connection = limits::kConnectionMemoryKibibytes + kSecondSessionKibibytes +
                                   kPipes + windows + (settings.audit_sftp ? kObserved : 0);
  const std::uint64_t connections = settings.max_connections * connection / kKibibyte;
  return limits::kFixedMemoryMebibytes + connections + settings.max_window_mebibytes;
}

}  // namespace zomg::monitor
