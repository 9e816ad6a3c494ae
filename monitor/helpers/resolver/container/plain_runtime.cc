#include "monitor/helpers/resolver/container/plain_runtime.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "common/base/quoted.h"

namespace zomg::resolver {
namespace {

constexpr std::string_view kRuncShim = "io.containerd.runc.v2";
/// By containerd's shim, or as CRI-O's handlers are named; empty is the default of either.
constexpr std::array<std::string_view, 3> kPlain{"", "runc", "crun"};
/// NVIDIA's wrapper in its three modes: it puts devices, mounts and a hook into the spec, and executes
/// runc or crun. By containerd's shim alone, as CRI-O does not tell which program a handler is.
constexpr std::array<std::string_view, 3> kWrappers{
    "nvidia-container-runtime", "nvidia-container-runtime.cdi", "nvidia-container-runtime.legacy"};
/// Of a name in the log.
constexpr std::size_t kMaxShownBytes = 128;

bool is_plain(std::string_view name) {
  return std::find(kPlain.begin(), kPlain.end(), name) != kPlain.end();
}

bool is_wrapper(std::string_view name) {
  return std::find(kWrappers.begin(), kWrappers.end(), name) != kWrappers.end();
}

std::string shown(std::string_view name) {
  return common::quoted(name.substr(0, kMaxShownBytes));
}

}  // namespace

common::Result<void> check_plain(const RuntimeFacts& facts) {
  if (facts.type.empty() && facts.cri_o) {
    if (is_plain(facts.handler)) return {};
    return common::error("its runtime is CRI-O's {}, not runc or crun", shown(facts.handler));
  }
  if (facts.type != kRuncShim) {
    return common::error("its runtime is {}, not {}", shown(facts.type), kRuncShim);
  }
  const std::string_view binary(facts.binary);
  // Without a slash all of it; with one at its end it is no program.
  const std::string_view name = binary.substr(binary.rfind('/') + 1);
  if ((is_plain(name) || is_wrapper(name)) && !binary.ends_with('/')) return {};
  return common::error("its runtime is {}, not runc or crun", shown(binary));
}

}  // namespace zomg::resolver
