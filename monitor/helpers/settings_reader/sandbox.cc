#include "monitor/helpers/settings_reader/sandbox.h"

#include <unistd.h>

#include <array>

#include "common/base/limits.h"
#include "common/sandbox/identity.h"
#include "common/sandbox/resource_limit.h"
#include "common/sandbox/seccomp/seccomp.h"
#include "common/sandbox/signal_scope.h"

namespace zomg::settings_reader {
namespace {

constexpr sandbox::Account kNobody{65534, 65534};
constexpr auto kFileCalls = std::to_array<sandbox::Call>({"read"});

}  // namespace

common::Result<void> enter_sandbox() {
#ifndef ZOMG_SANITIZED  // whose shadow memory counts as data
  const auto limited = sandbox::limit(RLIMIT_DATA, limits::kSettingsReaderDataBytes);
  if (!limited) return limited;
#endif
  auto became = ::geteuid() == 0 ? sandbox::become(kNobody) : sandbox::set_no_new_privs();
  if (!became) return became;
  if (auto scoped = sandbox::scope_signals(); !scoped) return scoped;
  const std::array sets{sandbox::kRuntime, sandbox::SyscallSet{"the file on 0", kFileCalls}};
  return sandbox::allow_only(sets, sandbox::DeniedAction::kRefuse);
}

}  // namespace zomg::settings_reader
