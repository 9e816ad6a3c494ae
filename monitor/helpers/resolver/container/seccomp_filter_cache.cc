#include "monitor/helpers/resolver/container/seccomp_filter_cache.h"

#include <fcntl.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "common/base/limits.h"
#include "monitor/helpers/resolver/container/seccomp_filter.h"

namespace zomg::resolver {
namespace {

using common::Result;

Result<SeccompFilter> compile(const std::string& text) {
  const auto document = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  auto profile = parse_seccomp_profile(document);
  if (!profile) return profile.error();
  auto program = compile_seccomp_filter(*profile);
  if (!program) return program.error();
  return SeccompFilter{std::move(*program), profile->flags};
}

Result<SeccompFilter> copy(const SeccompFilter& filter) {
  common::Fd program(::fcntl(filter.program.get(), F_DUPFD_CLOEXEC, 0));
  if (!program) return common::errno_error("F_DUPFD_CLOEXEC");
  return SeccompFilter{std::move(program), filter.flags};
}

}  // namespace

Result<SeccompFilter> SeccompFilterCache::get(const std::string& profile) {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return entry.profile == profile; });
  if (found != entries_.end()) {
    entries_.splice(entries_.begin(), entries_, found);
    return copy(found->filter);
  }
  auto filter = compile(profile);
  if (!filter) return filter.error();
  entries_.push_front({profile, std::move(*filter)});
  if (entries_.size() > limits::kMaxSeccompFilters) entries_.pop_back();
  return copy(entries_.front().filter);
}

}  // namespace zomg::resolver
