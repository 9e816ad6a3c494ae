#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/failure.h"
#include "monitor/helpers/resolver/cri/cri.h"

/// Which container of a pod a login leads to, by what the runtime knows: a pure function but for the
/// one question that it asks.
namespace zomg::resolver {

/// `failure` is kNone and `container` is set, or the choice was refused.
struct ContainerChoice {
  common::Failure failure = common::Failure::kBoxNotReady;
  const Container* container = nullptr;
  /// The names to choose from, in the order of their making.
  std::vector<std::string> names;
};

/// How a container ended.
struct ContainerEnd {
  std::int64_t finished_at = 0;  ///< nanoseconds since the epoch
  std::int32_t exit_code = 0;
};
/// Nothing where it has not ended, or the runtime does not say.
using AskEnd = std::function<std::optional<ContainerEnd>(const Container&)>;

/// Of the `containers` of `sandbox`, in this order: the one that is `wanted`; the one that the pod's
/// annotation names; one named `box`; the only one; the first of the pod's spec. Each only while it
/// runs: where the right one does not, another is not what was asked for.
///
/// The runtime does not know the spec. The kubelet makes containers in the spec's order, so the first
/// attempts tell it; an init container is one that had ended well before any that runs was made. Where
/// the kubelet has removed a first attempt, the choice is refused with kSeveralContainers. (An init
/// container that keeps running is taken for the first: only the API server can tell.)
ContainerChoice choose_container(std::span<const Container> containers, const Sandbox& sandbox,
                                 std::string_view wanted, const AskEnd& ask_end);

}  // namespace zomg::resolver
