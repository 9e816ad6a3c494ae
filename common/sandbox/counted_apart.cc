#include "common/sandbox/counted_apart.h"

#include <linux/capability.h>
#include <sched.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <optional>

#include "common/base/check.h"
#include "common/base/count_remedy.h"
#include "common/base/limits.h"
#include "common/base/log.h"

namespace zomg::sandbox {
namespace {

constexpr auto kUnchanged = static_cast<uid_t>(-1);

uid_t draw_user() {
  std::uint32_t bits = 0;
  CHECK(::getrandom(&bits, sizeof(bits), 0) == sizeof(bits));
  return kFirstOwnUser + bits % kOwnUsers;
}

using Capabilities = std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3>;

bool set_capabilities(const Capabilities& sets) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  return ::syscall(SYS_capset, &header, sets.data()) == 0;
}

/// What it may have of capabilities, it has. What it had before is in `before`.
bool raise_capabilities(Capabilities& before) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  if (::syscall(SYS_capget, &header, before.data()) != 0) return false;
  Capabilities raised = before;
  for (auto& word : raised) word.effective = word.permitted;
  return set_capabilities(raised);
}

bool count_apart_anew() {
  using Clock = std::chrono::steady_clock;
  static std::optional<Clock::time_point> last;
  const auto now = Clock::now();
  if (last && now - *last < limits::kLeastTimeToBeFoundOut) return false;
  const uid_t found = ::getuid();
  Capabilities before{};
  if (!raise_capabilities(before)) return false;
  count_apart();
  CHECK(set_capabilities(before));
  if (::getuid() == found) return false;
  last = now;
  log::warning(
      "the kernel refuses what it counts by our user {}, as if others had used it up, or for the "
      "whole machine; we have another user",
      found);
  return true;
}

}  // namespace

bool is_own_user(uid_t uid) {
  return uid >= kFirstOwnUser && uid - kFirstOwnUser < kOwnUsers;
}

void count_apart() {
  [[maybe_unused]] const int done = ::setresuid(draw_user(), kUnchanged, kUnchanged);
#ifdef ZOMG_SANITIZED
  // LeakSanitizer looks last, from a child that may not trace who has two users.
  std::atexit(
      [] { [[maybe_unused]] const int same = ::setresuid(::geteuid(), kUnchanged, kUnchanged); });
#endif
}

void count_apart_whenever_found() {
  common::set_count_remedy(count_apart_anew);
}

Account own_account(const Account& account) {
  if (!is_own_user(::getuid())) count_apart();
  return is_own_user(::getuid()) ? Account{::getuid(), account.gid} : account;
}

common::Result<void> as_own_user(const std::function<bool()>& make) {
  const uid_t user = ::geteuid();
  const bool apart = user == 0 && ::setresuid(kUnchanged, draw_user(), kUnchanged) == 0;
  Capabilities before{};
  const bool done = (!apart || raise_capabilities(before)) && make();
  const int error = errno;
  if (apart && ::setresuid(kUnchanged, user, kUnchanged) != 0) {
    return common::errno_error("setresuid");
  }
  errno = error;
  if (!done) return common::errno_error("as a user of its own");
  // The change of user may have made us dumpable again (prctl(2), fs.suid_dumpable).
  return apart ? forbid_tracing() : common::Result<void>();
}

common::Result<void> unshare_apart(int namespaces) {
  auto unshared = as_own_user([namespaces] { return ::unshare(namespaces) == 0; });
  if (!unshared) return unshared.error().with_context(fmt::format("unshare {:x}", namespaces));
  return {};
}

}  // namespace zomg::sandbox
