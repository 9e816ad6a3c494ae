#include "sessiond/container/box_state.h"

#include <sched.h>

#include "sessiond/container/blame.h"
#include "sessiond/container/id_map.h"
#include "sessiond/container/oom_score.h"

namespace zomg::sessiond {
namespace {

using common::Failure;
using common::Result;

Result<IdMap> read_id_map(const BoxProcess& box, const char* name) {
  const auto text = box.read(name);
  if (!text) return text.error();
  return parse_id_map(*text);
}

Result<void> read_confinement(const BoxProcess& box, Confinement& confinement) {
  const auto status = box.read("status");
  if (!status) return status.error();
  auto parsed = parse_confinement(*status);
  if (!parsed) return parsed.error();
  confinement = std::move(*parsed);
  // A kernel without user namespaces has no such file.
  const auto groups = box.read("setgroups");
  confinement.groups_denied = groups && groups->starts_with("deny");
  return {};
}

Result<void> read_namespaces(const BoxProcess& box, int self, BoxState& state) {
  const auto ours = box.namespaces().shared_by(self, CLONE_NEWUSER);
  if (!ours) return ours.error();
  state.user_namespace = !*ours;
  if (state.user_namespace) {
    auto uids = read_id_map(box, "uid_map");
    if (!uids) return uids.error();
    auto gids = read_id_map(box, "gid_map");
    if (!gids) return gids.error();
    state.uids = std::move(*uids);
    state.gids = std::move(*gids);
  }
  state.host_namespaces = box.host_namespaces();
  return {};
}

Result<BoxState> read_all(const BoxProcess& box, int self) {
  BoxState state;
  if (auto read = read_confinement(box, state.confinement); !read) return read.error();
  if (auto read = read_namespaces(box, self, state); !read) return read.error();
  auto limits = read_resource_limits(box);
  if (!limits) return limits.error();
  state.limits = *limits;
  auto score = read_oom_score(box);
  if (!score) return score.error();
  state.oom_score_adj = *score;
  auto labels = read_labels(box);
  if (!labels) return labels.error();
  state.labels = std::move(*labels);
  return state;
}

}  // namespace

Result<BoxState> read_box_state(const BoxProcess& box, int self) {
  auto state = read_all(box, self);
  // After the last read: a process that changed before it is not the one that was checked.
  if (const Failure change = box.change(); change != Failure::kNone) {
    return common::error("{}", happening(change)).as(change);
  }
  if (!state) return blamed(Step::kBoxState, state.error());
  return state;
}

}  // namespace zomg::sessiond
