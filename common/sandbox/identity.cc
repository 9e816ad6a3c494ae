#include "common/sandbox/identity.h"

#include <grp.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "common/sandbox/counted_apart.h"

namespace zomg::sandbox {

using common::errno_error;
using common::Result;

namespace {

Result<void> drop_bounds(const std::vector<int>& kept) {
  for (cap_value_t cap = 0; cap < cap_max_bits(); ++cap) {
    if (std::find(kept.begin(), kept.end(), cap) != kept.end()) continue;
    // To ask is quicker than to drop what was dropped before.
    if (cap_get_bound(cap) != 0 && cap_drop_bound(cap) != 0) {
      return errno_error("drop capability {} from the bounding set", cap);
    }
  }
  return {};
}

}  // namespace

Result<void> forbid_tracing() {
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return errno_error("prctl PR_SET_DUMPABLE");
  // The hard limit stays: a user's program that we turn into may have core files.
  rlimit core{};
  if (::getrlimit(RLIMIT_CORE, &core) != 0) return errno_error("getrlimit RLIMIT_CORE");
  core.rlim_cur = 0;
  if (::setrlimit(RLIMIT_CORE, &core) != 0) return errno_error("setrlimit RLIMIT_CORE");
  return {};
}

Result<void> become(const Account& account, const std::vector<gid_t>& groups,
                    const std::vector<int>& kept) {
  if (account.uid == 0 || account.gid == 0) return common::error("refusing to run as root");
  if (auto dropped = drop_bounds(kept); !dropped) return dropped;
  if (::setgroups(groups.size(), groups.data()) != 0) return errno_error("setgroups");
  if (::setresgid(account.gid, account.gid, account.gid) != 0) return errno_error("setresgid");
  if (::prctl(PR_SET_KEEPCAPS, kept.empty() ? 0 : 1, 0, 0, 0) != 0) {
    return errno_error("prctl PR_SET_KEEPCAPS");
  }
  const uid_t real = is_own_user(::getuid()) ? ::getuid() : account.uid;
  if (::setresuid(real, account.uid, account.uid) != 0) return errno_error("setresuid");
  const std::unique_ptr<_cap_struct, int (*)(void*)> set(cap_init(), cap_free);
  const auto count = static_cast<int>(kept.size());
  const bool filled =
      set && (count == 0 ||  // which cap_set_flag(3) refuses
              (cap_set_flag(set.get(), CAP_PERMITTED, count, kept.data(), CAP_SET) == 0 &&
               cap_set_flag(set.get(), CAP_EFFECTIVE, count, kept.data(), CAP_SET) == 0));
  if (!filled || cap_set_proc(set.get()) != 0) return errno_error("cap_set_proc");
  return set_no_new_privs();
}

Result<void> drop_capabilities() {
  if (auto dropped = drop_bounds({}); !dropped) return dropped;
  const std::unique_ptr<_cap_struct, int (*)(void*)> none(cap_init(), cap_free);
  if (!none || cap_set_proc(none.get()) != 0) return errno_error("cap_set_proc");
  return set_no_new_privs();
}

Result<void> set_no_new_privs() {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    return errno_error("prctl PR_SET_NO_NEW_PRIVS");
  }
  const rlimit none{0, 0};
  if (::setrlimit(RLIMIT_CORE, &none) != 0) return errno_error("setrlimit RLIMIT_CORE");
  return forbid_tracing();
}

}  // namespace zomg::sandbox
