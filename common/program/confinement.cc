#include "common/program/confinement.h"

#include <unistd.h>

#include "common/sandbox/counted_apart.h"
#include "common/sandbox/pid_namespace.h"
#include "common/sandbox/resource_limit.h"
#include "common/sandbox/seccomp/c_library.h"
#include "common/sandbox/signal_scope.h"

namespace zomg::program {
namespace {

using common::Result;

Result<void> enter_root(const Row& row, const Place& place) {
  if (row.root == Root::kInherited) return {};
  const bool empty = place.directories.empty() && place.files.empty();
  if (row.root == Root::kEmpty || empty) return sandbox::enter_empty_root();
  return sandbox::enter_root_with(place.directories, place.files);
}

/// A sanitizer maps terabytes, its shadow memory counts as data, and its report may go to a file.
[[maybe_unused]] bool sanitizers_need_more(const Limit& limit) {
  return limit.resource == RLIMIT_AS || limit.resource == RLIMIT_DATA ||
         (limit.resource == RLIMIT_FSIZE && limit.value == 0);
}

Result<void> set_limits(const Row& row, const sandbox::Account& account) {
  for (const Limit& limit : row.limits) {
#ifdef ZOMG_SANITIZED
    if (sanitizers_need_more(limit)) continue;
#endif
    const bool shared = limit.shared != 0 && !sandbox::is_own_user(account.uid);
    auto set = sandbox::limit(limit.resource, shared ? limit.shared : limit.value);
    if (!set) return set;
  }
  return {};
}

Result<void> take_user(const Row& row, const sandbox::Account& account,
                       const std::vector<gid_t>& groups) {
  const bool root = ::geteuid() == 0;
  if (row.user == User::kAccount || (row.user == User::kAccountIfRoot && root)) {
    return sandbox::become(account, groups);
  }
  return root ? sandbox::drop_capabilities() : sandbox::set_no_new_privs();
}

Result<void> allow_calls(const Row& row, const Place& place) {
  std::vector<sandbox::SyscallSet> sets;
  for (const sandbox::SyscallSet* set : row.calls) sets.push_back(*set);
  for (const sandbox::SyscallSet* set : place.calls) sets.push_back(*set);
  return sandbox::allow_only(sets, row.otherwise);
}

}  // namespace

Result<void> confine(const Row& row, const Place& place) {
  if (row.starts_threads) sandbox::settle_c_library();
  const sandbox::Account account =
      row.counted == Counted::kAsOwnUser ? sandbox::own_account(place.account) : place.account;
  if (row.pids == Pids::kOwn && ::getpid() != 1) {
    return common::error("not in a pid namespace of its own");
  }
  if (row.network == Network::kNone) {
    if (auto left = sandbox::leave_network(); !left) return left;
  }
  if (auto entered = enter_root(row, place); !entered) return entered;
  // Not earlier: some file systems (FUSE) let root alone in, by its real user id, too.
  if (row.counted == Counted::kApart && !sandbox::is_own_user(::getuid())) sandbox::count_apart();
  if (auto limited = set_limits(row, account); !limited) return limited;
  if (auto taken = take_user(row, account, place.groups); !taken) return taken;
  if (row.ends_with_parent) {
    if (auto set = sandbox::die_with_parent(); !set) return set;
  }
  if (auto scoped = sandbox::scope_signals(); !scoped) return scoped;
  return allow_calls(row, place);
}

}  // namespace zomg::program
