#include "common/sandbox/session_keyring.h"

#include <linux/keyctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

#include "common/sandbox/counted_apart.h"

namespace zomg::sandbox {
namespace {

using common::errno_error;
using common::Result;

/// KEY_POS_ALL of the kernel's include/linux/key.h: all for who has the keyring, and nothing for
/// its account, its group and others.
constexpr std::uint32_t kPossessor = 0x3f000000;
constexpr std::uint32_t kNobody = 0;

long keyctl(int operation, std::uintptr_t argument, std::uintptr_t other = 0) {
  return ::syscall(SYS_keyctl, operation, argument, other, 0, 0);
}

Result<void> join_keyring(std::uint32_t permissions) {
  // No name: a new one.
  if (keyctl(KEYCTL_JOIN_SESSION_KEYRING, 0) < 0) return errno_error("a new session keyring");
  if (keyctl(KEYCTL_SETPERM, static_cast<std::uintptr_t>(KEY_SPEC_SESSION_KEYRING), permissions) <
      0) {
    return errno_error("the permissions of a session keyring");
  }
  // Where the keys go that a program requests: inherited, too.
  if (keyctl(KEYCTL_SET_REQKEY_KEYRING, KEY_REQKEY_DEFL_DEFAULT) < 0) {
    return errno_error("the keyring of requested keys");
  }
  return {};
}

}  // namespace

Result<void> join_sealed_keyring() {
  // Boxes may have used up what root may have of keys.
  const uid_t real = ::getuid();
  count_apart();
  auto joined = join_keyring(kNobody);
  if (::setresuid(real, static_cast<uid_t>(-1), static_cast<uid_t>(-1)) != 0) {
    return errno_error("setresuid");
  }
  if (!joined && joined.error().errno_value == ENOSYS) return {};
  return joined;
}

Result<void> join_own_keyring() {
  auto joined = join_keyring(kPossessor);
  const int value = joined ? 0 : joined.error().errno_value;
  if (value == ENOSYS || value == EDQUOT) return {};
  return joined;
}

}  // namespace zomg::sandbox
