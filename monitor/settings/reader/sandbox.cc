#include "monitor/settings/reader/sandbox.h"

#include <unistd.h>

#include <array>

#include "common/limits.h"
#include "common/sandbox/identity.h"
#include "common/sandbox/resource_limit.h"
#include "common/sandbox/seccomp.h"

namespace zomg::settings_reader {
namespace {

constexpr sandbox::Account kNobody{65534, 65534};
constexpr std::array kFileNames{"read"};
constexpr std::array kSets{sandbox::SyscallSet{"the file on 0", kFileNames}};

}  // namespace

common::Result<void> enter_sandbox() {
#ifndef ZOMG_SANITIZED  // whose shadow memory counts as data
  const auto limited = sandbox::limit(RLIMIT_DATA, limits::kSettingsReaderDataBytes);
  if (!limited) return limited;
#endif
  auto became = ::geteuid() == 0 ? sandbox::become(kNobody) : sandbox::forbid_gain();
  if (!became) return became;
  const std::array sets{sandbox::kRuntime, kSets[0]};
  return sandbox::allow_only(sets);
}

}  // namespace zomg::settings_reader
