#include "common/sandbox/counted_apart.h"

#include <linux/capability.h>
#include <sched.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>

#include "common/check.h"

namespace zomg::sandbox {
namespace {

constexpr auto kUnchanged = static_cast<uid_t>(-1);

uid_t draw_user() {
  std::uint32_t bits = 0;
  CHECK(::getrandom(&bits, sizeof(bits), 0) == sizeof(bits));
  return kFirstOwnUser + bits % kOwnUsers;
}

/// Of a root that is not root's user for a while: what it may have of capabilities, it has.
bool raise_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> data{};
  if (::syscall(SYS_capget, &header, data.data()) != 0) return false;
  for (auto& word : data) word.effective = word.permitted;
  return ::syscall(SYS_capset, &header, data.data()) == 0;
}

}  // namespace

bool is_own_user(uid_t uid) {
  return uid >= kFirstOwnUser && uid - kFirstOwnUser < kOwnUsers;
}

void count_apart() {
  [[maybe_unused]] const int done = ::setresuid(draw_user(), kUnchanged, kUnchanged);
}

Account own_account(const Account& account) {
  count_apart();
  return is_own_user(::getuid()) ? Account{::getuid(), account.gid} : account;
}

common::Result<void> as_own_user(const std::function<bool()>& make) {
  const uid_t user = ::geteuid();
  const bool apart = user == 0 && ::setresuid(kUnchanged, draw_user(), kUnchanged) == 0;
  const bool done = (!apart || raise_capabilities()) && make();
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
