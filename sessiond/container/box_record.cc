#include "sessiond/container/box_record.h"

#include <linux/capability.h>
#include <sched.h>

#include <algorithm>
#include <iterator>

namespace zomg::sessiond {
namespace {

using common::Result;
using messages::ContainerRecord;

std::uint64_t all_of(std::uint64_t inheritable, std::uint64_t permitted, std::uint64_t effective,
                     std::uint64_t bounding, std::uint64_t ambient) {
  return inheritable | permitted | effective | bounding | ambient;
}

/// Whether a process of the container may raise its hard limits and lower its oom_score_adj.
bool may_raise(const ContainerRecord& record) {
  return (record.bounding >> CAP_SYS_RESOURCE & 1) != 0 && (record.namespaces & CLONE_NEWUSER) == 0;
}

IdMap sorted(const auto& map) {
  IdMap ranges;
  for (const auto& range : map) ranges.push_back({range.inside, range.outside, range.count});
  std::sort(ranges.begin(), ranges.end());
  return ranges;
}

Result<void> check_namespaces(const ContainerRecord& record, const BoxState& state) {
  const bool has_user = (record.namespaces & CLONE_NEWUSER) != 0;
  if (has_user != state.user_namespace) {
    return common::error("the box's first process is in {} user namespace, which is not recorded",
                         has_user ? "the host's" : "a");
  }
  const std::uint32_t hosts = record.namespaces & state.host_namespaces;
  if (hosts != 0) {
    return common::error("the box's first process is in namespaces of the host: {:#x}", hosts);
  }
  // Where the user namespace is another container's, its maps are recorded there.
  const bool same_maps =
      (record.uids.value.empty() || sorted(record.uids.value) == sorted(state.uids)) &&
      (record.gids.value.empty() || sorted(record.gids.value) == sorted(state.gids));
  if (has_user && !same_maps) {
    return common::error("the box's first process is in another user namespace than recorded");
  }
  return {};
}

Result<void> narrow_capabilities(const ContainerRecord& record, Confinement& live) {
  // Within what it has, a process moves its capabilities from set to set as it likes.
  const std::uint64_t more =
      all_of(live.inheritable, live.permitted, live.effective, live.bounding, live.ambient) &
      ~all_of(record.inheritable, record.permitted, record.effective, record.bounding,
              record.ambient);
  if (more != 0) return common::error("the box's first process has more capabilities: {:x}", more);
  live.inheritable &= record.inheritable;
  live.permitted &= record.permitted;
  live.effective &= record.effective & live.permitted;
  live.bounding &= record.bounding;
  live.ambient &= record.ambient & live.permitted & live.inheritable;
  return {};
}

Result<void> check_flags(const ContainerRecord& record, bool filtered, const Confinement& live) {
  if (record.no_new_privileges && !live.no_new_privileges) {
    return common::error("the box's first process has not the recorded no_new_privs");
  }
  if (filtered && !live.filtered) {
    return common::error("the box's first process has not the recorded seccomp filter");
  }
  if (!filtered && live.filtered) {
    return common::error(
        "the box's first process has a seccomp filter that the runtime did not give it");
  }
  return {};
}

/// Those in the box's user namespace, of which a session's are.
Result<void> translate_ids(BoxState& state) {
  if (!state.user_namespace) return {};
  return enter_id_maps(state.uids, state.gids, state.confinement);
}

bool is_recorded(const ContainerRecord& record, gid_t group) {
  const auto& groups = record.groups.value;
  return group == record.gid || std::find(groups.begin(), groups.end(), group) != groups.end();
}

/// Whether it is a group in the user namespace of the box.
bool is_mapped(const BoxState& state, gid_t group) {
  if (group == static_cast<gid_t>(-1)) return false;
  return !state.user_namespace ||
         std::any_of(state.gids.begin(), state.gids.end(), [group](const IdRange& range) {
           return group >= range.inside && group - range.inside < range.count;
         });
}

/// Whether anything in the box could take on a group of its choice. With no_new_privs no exec gives what
/// the bounding set would allow: only who has the capability from the start has it.
bool may_change_groups(const ContainerRecord& record, const Confinement& live) {
  const auto has = [](std::uint64_t set) { return (set >> CAP_SETGID & 1) != 0; };
  if (!has(live.bounding) || !live.no_new_privileges) return has(live.bounding);
  return has(live.permitted) || has(record.uid == 0 ? record.permitted : record.ambient);
}

/// Root may have become anybody; anybody else is whom the runtime started.
void narrow_user(const ContainerRecord& record, Confinement& live) {
  if (record.uid != 0) live.identity = {record.uid, record.gid};
  std::erase_if(live.groups, [&record](gid_t group) {
    const auto& recorded = record.groups.value;
    return std::find(recorded.begin(), recorded.end(), group) == recorded.end();
  });
}

Result<void> narrow_limits(const ContainerRecord& record, ResourceLimits& live) {
  for (const messages::RecordedLimit& recorded : record.limits.value) {
    if (recorded.resource >= live.size()) {
      return common::error("there is no resource {}", recorded.resource);
    }
    auto& limit = live[recorded.resource];
    if (!limit) limit = rlimit{recorded.soft, recorded.hard};
    if (limit->rlim_max > recorded.hard && !may_raise(record)) {
      return common::error("the box's first process has a higher limit of resource {}: {}",
                           recorded.resource, limit->rlim_max);
    }
    limit->rlim_max = std::min<rlim_t>(limit->rlim_max, recorded.hard);
    limit->rlim_cur = std::min<rlim_t>(limit->rlim_cur, std::min(recorded.soft, recorded.hard));
  }
  return {};
}

Result<void> narrow_oom_score(const ContainerRecord& record, int& live) {
  if (!record.has_oom_score_adj) return {};
  if (live < record.oom_score_adj && !may_raise(record)) {
    return common::error("the box's first process has a lower oom_score_adj: {}", live);
  }
  live = std::max(live, record.oom_score_adj);
  return {};
}

}  // namespace

Result<BoxState> narrow(const ContainerRecord& record, bool filtered, BoxState state) {
  if (auto checked = check_namespaces(record, state); !checked) return checked.error();
  Confinement& live = state.confinement;
  if (auto narrowed = narrow_capabilities(record, live); !narrowed) return narrowed.error();
  if (auto checked = check_flags(record, filtered, live); !checked) return checked.error();
  if (auto translated = translate_ids(state); !translated) return translated.error();
  narrow_user(record, live);
  if (auto narrowed = narrow_limits(record, state.limits); !narrowed) return narrowed.error();
  if (auto narrowed = narrow_oom_score(record, state.oom_score_adj); !narrowed) {
    return narrowed.error();
  }
  const auto checked =
      check_labels(record.apparmor_profile.value, record.selinux_label.value, state.labels);
  if (!checked) return checked.error();
  return state;
}

gid_t held_group(const ContainerRecord& record, gid_t group, const BoxState& state) {
  const Confinement& live = state.confinement;
  const bool held =
      group == live.identity.gid || is_recorded(record, group) || may_change_groups(record, live);
  return held ? group : record.gid;
}

void take_on_groups(const ContainerRecord& record, const std::vector<gid_t>& groups,
                    BoxState& state) {
  const bool any = may_change_groups(record, state.confinement);
  state.confinement.groups.clear();
  std::copy_if(
      groups.begin(), groups.end(), std::back_inserter(state.confinement.groups),
      [&](gid_t group) { return is_mapped(state, group) && (any || is_recorded(record, group)); });
}

}  // namespace zomg::sessiond
