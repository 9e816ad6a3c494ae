#include "monitor/helpers/resolver/cri/cri_choice.h"

#include <algorithm>
#include <tuple>

#include "common/base/limits.h"
#include "common/base/quoted.h"

namespace zomg::resolver {
namespace {

constexpr std::string_view kHexadecimal = "0123456789abcdef";

/// The id only makes the order a total one.
template <typename T>
bool older(const T& a, const T& b) {
  return std::tie(a.created_at, a.id) < std::tie(b.created_at, b.id);
}

}  // namespace

SandboxChoice choose_sandbox(std::span<const Sandbox> sandboxes, const BoxName& box,
                             std::string_view kubernetes_namespace) {
  SandboxChoice choice;
  for (const Sandbox& sandbox : sandboxes) {
    // The runtime was asked for these only; a mistake there must not lead into another's pod.
    if (!sandbox.ready || sandbox.labels != box) continue;
    if (!kubernetes_namespace.empty() && sandbox.kubernetes_namespace != kubernetes_namespace) {
      continue;
    }
    if (choice.sandbox != nullptr &&
        choice.sandbox->kubernetes_namespace != sandbox.kubernetes_namespace) {
      return {.failure = common::Failure::kAmbiguousNamespace,
              .rivals = {choice.sandbox, &sandbox}};
    }
    ++choice.candidates;
    if (choice.sandbox == nullptr || older(*choice.sandbox, sandbox)) choice.sandbox = &sandbox;
  }
  if (choice.sandbox != nullptr) choice.failure = common::Failure::kNone;
  return choice;
}

common::Result<void> check_container_id(std::string_view id) {
  if (id.size() < limits::kMinContainerIdBytes || id.size() > limits::kMaxContainerIdBytes ||
      id.find_first_not_of(kHexadecimal) != std::string_view::npos) {
    return common::error("{} is not a container id",
                         common::quoted(id.substr(0, limits::kMaxContainerIdBytes)));
  }
  return {};
}

}  // namespace zomg::resolver
