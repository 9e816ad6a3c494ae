#include "monitor/resolver/plain_runtime.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "common/quoted.h"

namespace zomg::resolver {
namespace {

constexpr std::string_view kRuncShim = "io.containerd.runc.v2";
/// By containerd's shim, or as CRI-O's handlers are named; empty is the default of either.
constexpr std::array<std::string_view, 3> kPlain{"", "runc", "crun"};
/// Of a name in the log.
constexpr std::size_t kMaxShownBytes = 128;

bool is_plain(std::string_view name) {
  return std::find(kPlain.begin(), kPlain.end(), name) != kPlain.end();
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
  if (is_plain(binary.substr(binary.rfind('/') + 1)) && !binary.ends_with('/')) return {};
  return common::error("its runtime is {}, not runc or crun", shown(binary));
}

}  // namespace zomg::resolver
