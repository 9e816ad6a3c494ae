#pragma once

#include "common/base/failure.h"
#include "common/base/limits.h"
#include "common/ipc/message.h"

/// monitor ↔ resolver, on the resolver's fd 3. Replies come in any order.
namespace zomg::messages {

enum class ResolverMessage : std::uint32_t { kResolverSettings, kLookUpBox, kBoxLookedUp };

/// monitor → resolver, the first packet. No reply.
struct ResolverSettings {
  static constexpr auto kType = ResolverMessage::kResolverSettings;
  /// Absolute path of the CRI socket; empty when there is none.
  ipc::Bytes<107> cri_socket;
  /// Only pods of this namespace; empty: of any, as long as it is one.
  ipc::Bytes<limits::kMaxObjectNameBytes> kubernetes_namespace;
  /// The account to run as; the group of the CRI socket comes in addition.
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  static auto fields(auto& self) {
    return std::tie(self.cri_socket, self.kubernetes_namespace, self.uid, self.gid);
  }
};

struct LookUpBox {
  static constexpr auto kType = ResolverMessage::kLookUpBox;
  std::uint64_t request_id = 0;
  /// Label values that the monitor has checked (zomg.ai/project, zomg.ai/box).
  ipc::Bytes<limits::kMaxLabelValueBytes> project;
  ipc::Bytes<limits::kMaxLabelValueBytes> box;
  /// The container to take, and no other; empty: the one that the rules of the box choose.
  ipc::Bytes<limits::kMaxContainerNameBytes> container;
  static auto fields(auto& self) {
    return std::tie(self.request_id, self.project, self.box, self.container);
  }
};

/// Of what a runtime records of a container there is room for so much; no runtime that we know writes
/// more.
inline constexpr std::size_t kMaxRecordedGroups = 1024;
inline constexpr std::size_t kMaxRecordedLimits = 16;
inline constexpr std::size_t kMaxRecordedIds = 64;
inline constexpr std::size_t kMaxLabelBytes = 1024;
/// The kernel tells no longer one (PATH_MAX).
inline constexpr std::size_t kMaxCgroupPathBytes = 4096;

/// A limit of getrlimit(2), by the number of its resource.
struct RecordedLimit {
  std::uint32_t resource = 0;
  std::uint64_t soft = 0;
  std::uint64_t hard = 0;
  static auto fields(auto& self) { return std::tie(self.resource, self.soft, self.hard); }
  bool operator==(const RecordedLimit&) const = default;
};

/// A line of user_namespaces(7) /proc/PID/uid_map.
struct RecordedIds {
  std::uint32_t inside = 0;
  std::uint32_t outside = 0;
  std::uint32_t count = 0;
  static auto fields(auto& self) { return std::tie(self.inside, self.outside, self.count); }
  bool operator==(const RecordedIds&) const = default;
};

/// What the runtime recorded that the container's first process is given (OCI runtime-spec config.md
/// "Process", config-linux.md "Namespaces"): the most that a session has, whatever that process has
/// become since.
struct ContainerRecord {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  ipc::List<std::uint32_t, kMaxRecordedGroups> groups;
  /// Capability sets as bit masks (capabilities(7)).
  std::uint64_t inheritable = 0;
  std::uint64_t permitted = 0;
  std::uint64_t effective = 0;
  std::uint64_t bounding = 0;
  std::uint64_t ambient = 0;
  bool no_new_privileges = false;
  /// Of other resources nothing is recorded.
  ipc::List<RecordedLimit, kMaxRecordedLimits> limits;
  bool has_oom_score_adj = false;
  std::int32_t oom_score_adj = 0;
  /// Those that are not the host's, as flags of clone(2); and the maps of the user namespace.
  std::uint32_t namespaces = 0;
  ipc::List<RecordedIds, kMaxRecordedIds> uids;
  ipc::List<RecordedIds, kMaxRecordedIds> gids;
  /// Empty: none.
  ipc::Bytes<kMaxLabelBytes> apparmor_profile;
  ipc::Bytes<kMaxLabelBytes> selinux_label;
  /// Its cgroup in each hierarchy, from the host's root; empty: none that is known.
  ipc::Bytes<kMaxCgroupPathBytes> cgroup;
  static auto fields(auto& self) {
    return std::tie(self.uid, self.gid, self.groups, self.inheritable, self.permitted,
                    self.effective, self.bounding, self.ambient, self.no_new_privileges,
                    self.limits, self.has_oom_score_adj, self.oom_score_adj, self.namespaces,
                    self.uids, self.gids, self.apparmor_profile, self.selinux_label, self.cgroup);
  }
  bool operator==(const ContainerRecord&) const = default;
};

/// Names of containers, for a user to choose from.
using ContainerNames =
    ipc::List<ipc::Bytes<limits::kMaxContainerNameBytes>, limits::kMaxNamedContainers>;

/// What the resolver claims about a box. The monitor bounds it; sessiond checks it against the
/// kernel before it acts on it. The Kubernetes API knows no pid and no id that would help: there
/// both are empty, as is the record.
struct BoxClaim {
  /// Of the container's first process, in the gateway's own pid namespace.
  std::int32_t pid = 0;
  ipc::Bytes<limits::kMaxContainerIdBytes> container_id;
  ipc::Bytes<limits::kMaxObjectNameBytes> kubernetes_namespace;
  ipc::Bytes<limits::kMaxObjectNameBytes> pod;
  ipc::Bytes<limits::kMaxPodUidBytes> pod_uid;
  ipc::Bytes<limits::kMaxObjectNameBytes> container;
  std::uint32_t umask = 022;
  /// Whether the container has a seccomp filter; seccomp(2)'s flags for it.
  bool filtered = false;
  std::uint32_t filter_flags = 0;
  ContainerRecord record;
  static auto fields(auto& self) {
    return std::tie(self.pid, self.container_id, self.kubernetes_namespace, self.pod, self.pod_uid,
                    self.container, self.umask, self.filtered, self.filter_flags, self.record);
  }
  bool operator==(const BoxClaim&) const = default;
};

/// The reply. With failure kNone it carries one descriptor, a sealed memfd: from the resolver, the
/// container's environment, `NAME=value` strings that each end in NUL, possibly none; from
/// kubernetes, a hosts(5) file, NUL, and a kubeconfig file with everything in it, for kubectl. And
/// where the box is `filtered` a second one, a sealed memfd with the seccomp filter, an array of
/// struct sock_filter. The monitor passes them on unread; copies share one file offset, so pread(2)
/// reads them. With a failure that is about one pod, the claim names the pod, and its container
/// where one was chosen; with kNoSuchBox the one namespace that was looked in, if not in all.
/// Kubernetes also tells how its server is.
struct BoxLookedUp {
  static constexpr auto kType = ResolverMessage::kBoxLookedUp;
  std::uint64_t request_id = 0;
  common::Failure failure = common::Failure::kNone;
  BoxClaim box;
  /// With kSeveralContainers and kNoSuchContainer: those of the pod.
  ContainerNames containers;
  /// The API server did not answer, or not as one that serves us.
  bool server_fails = false;
  /// What it took for the slowest of its answers, however long ours waited for it.
  std::uint64_t server_us = 0;
  static auto fields(auto& self) {
    return std::tie(self.request_id, self.failure, self.box, self.containers, self.server_fails,
                    self.server_us);
  }
  static std::size_t fd_count(const auto& self) {
    return self.failure != common::Failure::kNone ? 0 : self.box.filtered ? 2 : 1;
  }
};

}  // namespace zomg::messages
