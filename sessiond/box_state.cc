#include "sessiond/box_state.h"

#include <sched.h>

#include "sessiond/id_map.h"
#include "sessiond/oom_score.h"

namespace zomg::sessiond {
namespace {

using common::Failure;
using common::Result;

/// The ids of the box's user namespace in the place of ours.
Result<void> translate_ids(const BoxProcess& box, Confinement& confinement) {
  IdMap maps[2];
  for (std::size_t i = 0; i < 2; ++i) {
    auto text = box.read(i == 0 ? "uid_map" : "gid_map");
    if (!text) return text.error();
    auto map = parse_id_map(*text);
    if (!map) return map.error();
    maps[i] = std::move(*map);
  }
  return enter_id_maps(maps[0], maps[1], confinement);
}

Result<Confinement> read_confinement(const BoxProcess& box, int self) {
  auto status = box.read("status");
  if (!status) return status.error();
  auto confinement = parse_confinement(*status);
  if (!confinement) return confinement;
  // A kernel without user namespaces has no such file.
  const auto groups = box.read("setgroups");
  confinement->groups_denied = groups && groups->starts_with("deny");
  const auto ours = box.namespaces().shared_by(self, CLONE_NEWUSER);
  if (!ours) return ours.error();
  if (*ours) return confinement;
  if (auto translated = translate_ids(box, *confinement); !translated) return translated.error();
  return confinement;
}

Result<BoxState> read_all(const BoxProcess& box, int self) {
  auto confinement = read_confinement(box, self);
  if (!confinement) return confinement.error();
  auto limits = read_resource_limits(box);
  if (!limits) return limits.error();
  auto score = read_oom_score(box);
  if (!score) return score.error();
  auto labels = read_labels(box);
  if (!labels) return labels.error();
  return BoxState{std::move(*confinement), *limits, *score, std::move(*labels)};
}

}  // namespace

Result<BoxState> read_box_state(const BoxProcess& box, int self, Failure& failure) {
  auto state = read_all(box, self);
  // After the last read: a process that changed before it is not the one that was checked.
  failure = box.change();
  if (failure != Failure::kNone) return common::error("{}", happening(failure));
  if (!state) failure = Failure::kNotConfined;
  return state;
}

}  // namespace zomg::sessiond
