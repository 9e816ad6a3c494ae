#include "monitor/helpers/kubernetes/kubeconfig_sandbox.h"

#include <array>

#include "common/base/limits.h"
#include "common/sandbox/resource_limit.h"
#include "common/sandbox/seccomp/seccomp.h"
#include "common/sandbox/signal_scope.h"

namespace zomg::kubernetes {
namespace {

/// A file of ordinary size takes it a few milliseconds.
constexpr rlim_t kMaxCpuSeconds = 5;

}  // namespace

common::Result<void> enter_kubeconfig_sandbox(const sandbox::Account& account) {
  if (auto set = sandbox::limit(RLIMIT_CPU, kMaxCpuSeconds); !set) return set;
#ifndef ZOMG_SANITIZED  // whose shadow memory counts as data
  // YAML of the same sort as the settings file.
  if (auto set = sandbox::limit(RLIMIT_DATA, limits::kSettingsReaderDataBytes); !set) return set;
#endif
  if (auto became = sandbox::become(account); !became) return became;
  if (auto scoped = sandbox::scope_signals(); !scoped) return scoped;
  const std::array sets{sandbox::kRuntime};
  return sandbox::allow_only(sets, sandbox::DeniedAction::kRefuse);
}

}  // namespace zomg::kubernetes
