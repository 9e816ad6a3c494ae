#include "sessiond/confinement.h"

#include <grp.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <charconv>
#include <climits>
#include <memory>

namespace zomg::sessiond {
namespace {

using common::errno_error;
using common::Result;

Result<std::uint64_t> status_field(std::string_view status, std::string_view name, int base) {
  const std::string key = fmt::format("\n{}:\t", name);
  const std::size_t at = status.find(key);
  if (at == std::string_view::npos) return common::error("/proc/PID/status has no {}", name);
  const char* begin = status.data() + at + key.size();
  std::uint64_t value = 0;
  if (std::from_chars(begin, status.data() + status.size(), value, base).ec != std::errc()) {
    return common::error("/proc/PID/status has no number in {}", name);
  }
  return value;
}

/// The numbers of the line `Groups:`.
std::vector<gid_t> status_groups(std::string_view status) {
  constexpr std::string_view kKey = "\nGroups:\t";
  const std::size_t at = status.find(kKey);
  std::vector<gid_t> groups;
  if (at == std::string_view::npos) return groups;
  const char* next = status.data() + at + kKey.size();
  const char* end = status.data() + status.size();
  for (gid_t group = 0; groups.size() < NGROUPS_MAX; ++next) {
    const auto [after, error] = std::from_chars(next, end, group);
    if (error != std::errc()) break;
    groups.push_back(group);
    next = after;
    if (next == end || *next != ' ') break;
  }
  return groups;
}

bool has(std::uint64_t set, int capability) {
  return (set >> static_cast<unsigned>(capability) & 1) != 0;
}

Result<void> set_flags(cap_t set, cap_flag_t flag, std::uint64_t wanted) {
  for (cap_value_t cap = 0; cap < cap_max_bits(); ++cap) {
    if (cap_set_flag(set, flag, 1, &cap, has(wanted, cap) ? CAP_SET : CAP_CLEAR) != 0) {
      return errno_error("cap_set_flag");
    }
  }
  return {};
}

Result<void> set_capabilities(const Confinement& confinement) {
  const std::unique_ptr<_cap_struct, int (*)(void*)> set(cap_init(), cap_free);
  if (!set) return errno_error("cap_init");
  if (auto done = set_flags(set.get(), CAP_INHERITABLE, confinement.inheritable); !done)
    return done;
  if (auto done = set_flags(set.get(), CAP_PERMITTED, confinement.permitted); !done) return done;
  if (auto done = set_flags(set.get(), CAP_EFFECTIVE, confinement.effective); !done) return done;
  if (cap_set_proc(set.get()) != 0) return errno_error("cap_set_proc");
  return {};
}

}  // namespace

Result<Confinement> read_confinement(const BoxProcess& box) {
  auto status = box.read("status");
  if (!status) return status.error();
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
    auto value = status_field(*status, name, 16);
    if (!value) return value.error();
    set = *value;
  }
  auto no_new_privileges = status_field(*status, "NoNewPrivs", 10);
  if (!no_new_privileges) return no_new_privileges.error();
  confinement.no_new_privileges = *no_new_privileges != 0;
  confinement.groups = status_groups(*status);
  return confinement;
}

Result<void> apply_confinement(const Confinement& confinement) {
  if (::setgroups(confinement.groups.size(), confinement.groups.data()) != 0) {
    return errno_error("setgroups");
  }
  if (::setresgid(0, 0, 0) != 0) return errno_error("setresgid");
  if (::setresuid(0, 0, 0) != 0) return errno_error("setresuid");
  for (cap_value_t cap = 0; cap < cap_max_bits(); ++cap) {
    if (!has(confinement.bounding, cap) && cap_drop_bound(cap) != 0) {
      return errno_error("drop capability {} from the bounding set", cap);
    }
  }
  if (auto set = set_capabilities(confinement); !set) return set;
  for (cap_value_t cap = 0; cap < cap_max_bits(); ++cap) {
    if (has(confinement.ambient, cap) && cap_set_ambient(cap, CAP_SET) != 0) {
      return errno_error("raise the ambient capability {}", cap);
    }
  }
  if (confinement.no_new_privileges && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    return errno_error("prctl PR_SET_NO_NEW_PRIVS");
  }
  return {};
}

}  // namespace zomg::sessiond
