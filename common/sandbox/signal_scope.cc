#include "common/sandbox/signal_scope.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

#include "common/base/fd.h"

namespace zomg::sandbox {
namespace {

/// linux/landlock.h, whose struct of older headers has no scopes.
struct Ruleset {
  std::uint64_t handled_access_fs = 0;
  std::uint64_t handled_access_net = 0;
  std::uint64_t scoped = 0;
};
constexpr std::uint64_t kScopeAbstractUnixSocket = 1 << 0;
constexpr std::uint64_t kScopeSignal = 1 << 1;
constexpr unsigned kVersionFlag = 1 << 0;
constexpr long kFirstVersionWithScopes = 6;

}  // namespace

common::Result<void> scope_signals() {
  const long version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, kVersionFlag);
  if (version < kFirstVersionWithScopes) return {};
  const Ruleset scopes{.scoped = kScopeAbstractUnixSocket | kScopeSignal};
  const common::Fd ruleset(
      static_cast<int>(::syscall(SYS_landlock_create_ruleset, &scopes, sizeof(scopes), 0)));
  if (!ruleset) return common::errno_error("landlock_create_ruleset");
  if (::syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0) {
    return common::errno_error("landlock_restrict_self");
  }
  return {};
}

}  // namespace zomg::sandbox
