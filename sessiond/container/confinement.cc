#include "sessiond/container/confinement.h"

#include <grp.h>
#include <linux/capability.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <climits>

#include "common/sandbox/identity.h"

namespace zomg::sessiond {
namespace {

using common::errno_error;
using common::Result;

constexpr std::uint64_t kFilterPrivilege = 1ULL << CAP_SYS_ADMIN;
constexpr std::uint64_t kTracePrivilege = 1ULL << CAP_SYS_PTRACE;

/// What follows `name:` in a line of its own, up to the end of the text; empty where it is not.
std::string_view after_name(std::string_view status, std::string_view name) {
  const std::string key = fmt::format("\n{}:\t", name);
  const std::size_t at = status.find(key);
  return at == std::string_view::npos ? std::string_view() : status.substr(at + key.size());
}

Result<std::uint64_t> status_field(std::string_view status, std::string_view name, int base) {
  const std::string_view text = after_name(status, name);
  std::uint64_t value = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), value, base).ec != std::errc()) {
    return common::error("/proc/PID/status has no number in {}", name);
  }
  return value;
}

/// The numbers of a line, which blanks or tabs divide.
std::vector<std::uint32_t> status_numbers(std::string_view status, std::string_view name) {
  const std::string_view text = after_name(status, name);
  std::vector<std::uint32_t> numbers;
  const char* next = text.data();
  const char* end = text.data() + text.size();
  for (std::uint32_t number = 0; numbers.size() < NGROUPS_MAX; ++next) {
    const auto [after, error] = std::from_chars(next, end, number);
    if (error != std::errc()) break;
    numbers.push_back(number);
    next = after;
    if (next == end || (*next != ' ' && *next != '\t')) break;
  }
  return numbers;
}

bool has(std::uint64_t set, int capability) {
  return (set >> static_cast<unsigned>(capability) & 1) != 0;
}

/// capset(2) itself: libcap allocates, and adds nothing here.
bool set_capabilities(std::uint64_t inheritable, std::uint64_t permitted, std::uint64_t effective) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> data{};
  for (std::size_t word = 0; word < data.size(); ++word) {
    const std::size_t shift = 32 * word;
    data[word] = {static_cast<std::uint32_t>(effective >> shift),
                  static_cast<std::uint32_t>(permitted >> shift),
                  static_cast<std::uint32_t>(inheritable >> shift)};
  }
  return ::syscall(SYS_capset, &header, data.data()) == 0;
}

Result<void> set_groups(const Confinement& confinement) {
  if (confinement.groups_denied) return {};  // then they were emptied outside the namespace
  if (::setgroups(confinement.groups.size(), confinement.groups.data()) != 0) {
    return errno_error("setgroups");
  }
  return {};
}

Result<void> bound_capabilities(const Confinement& confinement) {
  for (cap_value_t cap = 0; cap < cap_max_bits(); ++cap) {
    // To ask is quicker than to drop what the monitor has dropped.
    if (!has(confinement.bounding, cap) && cap_get_bound(cap) != 0 && cap_drop_bound(cap) != 0) {
      return errno_error("drop capability {} from the bounding set", cap);
    }
  }
  return {};
}

/// While every capability is there: an inheritable one is refused once the bounding set lacks it.
Result<void> set_inheritable(const Confinement& confinement) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> data{};
  if (::syscall(SYS_capget, &header, data.data()) != 0) return errno_error("capget");
  for (std::size_t word = 0; word < data.size(); ++word) {
    data[word].inheritable = static_cast<std::uint32_t>(confinement.inheritable >> (32 * word));
  }
  if (::syscall(SYS_capset, &header, data.data()) != 0) return errno_error("capset inheritable");
  return {};
}

Result<void> become(const Identity& identity) {
  if (::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0) return errno_error("prctl PR_SET_KEEPCAPS");
  if (::setresgid(identity.gid, identity.gid, identity.gid) != 0) return errno_error("setresgid");
  if (::setresuid(identity.uid, identity.uid, identity.uid) != 0) return errno_error("setresuid");
  if (::prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0) != 0) return errno_error("prctl PR_SET_KEEPCAPS");
  return {};
}

}  // namespace

bool Confinement::filter_needs_privilege() const {
  return !no_new_privileges && (effective & kFilterPrivilege) == 0;
}

bool Confinement::may_trace() const {
  return (bounding & kTracePrivilege) != 0 || !own_pid_namespace;
}

Result<Confinement> parse_confinement(std::string_view status) {
  Confinement confinement;
  const struct {
    std::string_view name;
    std::uint64_t& set;
  } sets[] = {{"CapInh", confinement.inheritable},
              {"CapPrm", confinement.permitted},
              {"CapEff", confinement.effective},
              {"CapBnd", confinement.bounding},
              {"CapAmb", confinement.ambient}};
  for (const auto& [name, set] : sets) {
    auto value = status_field(status, name, 16);
    if (!value) return value.error();
    set = *value;
  }
  auto no_new_privileges = status_field(status, "NoNewPrivs", 10);
  if (!no_new_privileges) return no_new_privileges.error();
  confinement.no_new_privileges = *no_new_privileges != 0;
  auto seccomp = status_field(status, "Seccomp", 10);
  if (!seccomp) return seccomp.error();
  confinement.filtered = *seccomp != 0;
  // The effective ones of real, effective, saved and file system.
  const auto uids = status_numbers(status, "Uid");
  const auto gids = status_numbers(status, "Gid");
  if (uids.size() != 4 || gids.size() != 4) return common::error("/proc/PID/status has no user");
  confinement.identity = {uids[1], gids[1]};
  confinement.groups = status_numbers(status, "Groups");
  const auto pids = status_numbers(status, "NSpid");
  confinement.own_pid_namespace = pids.size() > 1 && pids.back() == 1;
  return confinement;
}

Result<void> enter_id_maps(const IdMap& users, const IdMap& groups, Confinement& confinement) {
  const auto uid = id_inside(users, confinement.identity.uid);
  const auto gid = id_inside(groups, confinement.identity.gid);
  if (!uid || !gid) return common::error("the box's first process is nobody in its user namespace");
  confinement.identity = {*uid, *gid};
  std::vector<gid_t> inside;
  for (const gid_t group : confinement.groups) {
    if (const auto mapped = id_inside(groups, group)) inside.push_back(*mapped);
  }
  confinement.groups = std::move(inside);
  return {};
}

Result<void> apply_confinement(const Confinement& confinement, const Identity& identity,
                               bool keep_filter_privilege) {
  const std::uint64_t kept = keep_filter_privilege ? kFilterPrivilege : 0;
  if (auto set = set_groups(confinement); !set) return set;
  if (auto set = set_inheritable(confinement); !set) return set;
  if (auto bound = bound_capabilities(confinement); !bound) return bound;
  if (auto became = become(identity); !became) return became;
  if (!set_capabilities(confinement.inheritable, confinement.permitted | kept,
                        confinement.effective | kept)) {
    return errno_error("capset");
  }
  for (cap_value_t cap = 0; cap < cap_max_bits(); ++cap) {
    if (has(confinement.ambient, cap) && cap_set_ambient(cap, CAP_SET) != 0) {
      return errno_error("raise the ambient capability {}", cap);
    }
  }
  if (confinement.no_new_privileges && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    return errno_error("prctl PR_SET_NO_NEW_PRIVS");
  }
  // A change of user may have made us dumpable again (prctl(2), fs.suid_dumpable).
  return sandbox::forbid_tracing();
}

bool drop_filter_privilege(const Confinement& confinement) {
  return set_capabilities(confinement.inheritable, confinement.permitted, confinement.effective);
}

Result<void> drop_all_privileges() {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    return errno_error("prctl PR_SET_NO_NEW_PRIVS");
  }
  if (!set_capabilities(0, 0, 0)) return errno_error("capset");
  return {};
}

}  // namespace zomg::sessiond
