#pragma once

#include <span>
#include <string_view>

#include "common/base/failure.h"
#include "common/base/result.h"
#include "monitor/helpers/resolver/cri/cri.h"

/// Which pod a login leads to. Pure functions: what decides who gets where is read here, without a
/// socket in sight.
namespace zomg::resolver {

/// `failure` is kNone and `sandbox` is set, or the choice was refused.
struct SandboxChoice {
  common::Failure failure = common::Failure::kNoSuchBox;
  const Sandbox* sandbox = nullptr;
  /// With kAmbiguousNamespace: two of the pods that were in the way of each other.
  const Sandbox* rivals[2] = {nullptr, nullptr};
  /// How many ready sandboxes of the chosen namespace matched.
  std::size_t candidates = 0;
};

/// Of the `sandboxes` that are ready and whose labels equal `box`: the newest, as long as they are
/// all of one namespace. With `kubernetes_namespace` set, those of others do not count.
SandboxChoice choose_sandbox(std::span<const Sandbox> sandboxes, const BoxName& box,
                             std::string_view kubernetes_namespace);

/// Whether this is a container id, bounded and of its alphabet (lower-case hexadecimal).
common::Result<void> check_container_id(std::string_view id);

}  // namespace zomg::resolver
