#include "monitor/connections/memory_need.h"

#include "common/base/limits.h"

namespace zomg::monitor {

namespace {

/// A second session's process (0.4 MiB), and the kernel's part.
constexpr std::uint64_t kSecondSessionKibibytes = 512;
/// A session that waits ahead of being asked for, and what it is forked from: 0.4 MiB where others are there,
/// 0.6 where it is the first, the kernel's part included.
constexpr std::uint64_t kSpareKibibytes = 608;

}  // namespace

std::uint64_t greatest_memory_mebibytes(const Settings& settings, const Capacity& capacity) {
  constexpr std::uint64_t kKibibyte = 1024;
  const std::uint64_t windows =
      settings.max_sessions * limits::kLeastReceiveWindowBytes / kKibibyte;
  constexpr std::uint64_t kPipes = kSessionsPerConnection * limits::kInputPipeBytes / kKibibyte;
  // Of what its server never answers, or of files that are never closed.
  constexpr std::uint64_t kObserved =
      kSessionsPerConnection * limits::kMaxSftpHeldBytes / kKibibyte;
  const std::uint64_t connection = limits::kConnectionMemoryKibibytes + kSecondSessionKibibytes +
                                   kPipes + windows + (settings.audit_sftp ? kObserved : 0);
  const std::uint64_t of_all =
      (capacity.connections * connection + capacity.spares * kSpareKibibytes) / kKibibyte;
  return limits::kFixedMemoryMebibytes + of_all + settings.max_window_mebibytes;
}

}  // namespace zomg::monitor
