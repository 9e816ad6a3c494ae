#include "monitor/memory_need.h"

#include "common/limits.h"

namespace zomg::monitor {

namespace {

/// There may be twice as many sessions as connections: a second one's process, and the kernel's part.
constexpr std::uint64_t kSecondSessionKibibytes = 512;

}  // namespace

std::uint64_t greatest_memory_mebibytes(const Settings& settings) {
  constexpr std::uint64_t kKibibyte = 1024;
  const std::uint64_t windows =
      settings.max_sessions * limits::kLeastReceiveWindowBytes / kKibibyte;
  const std::uint64_t connections =
      settings.max_connections *
      (limits::kConnectionMemoryKibibytes + kSecondSessionKibibytes + windows) / kKibibyte;
  return limits::kFixedMemoryMebibytes + connections + settings.max_window_mebibytes;
}

}  // namespace zomg::monitor
