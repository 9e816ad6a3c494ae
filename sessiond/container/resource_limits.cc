#include "sessiond/container/resource_limits.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace zomg::sessiond {
namespace {

using common::errno_error;
using common::Result;

struct Name {
  std::string_view text;
  __rlimit_resource_t resource;
};

/// The kernel's names (fs/proc/base.c of every Linux since 2.6.25).
constexpr std::array<Name, RLIM_NLIMITS> kNames{{
    {"Max cpu time", RLIMIT_CPU},
    {"Max file size", RLIMIT_FSIZE},
    {"Max data size", RLIMIT_DATA},
    {"Max stack size", RLIMIT_STACK},
    {"Max core file size", RLIMIT_CORE},
    {"Max resident set", RLIMIT_RSS},
    {"Max processes", RLIMIT_NPROC},
    {"Max open files", RLIMIT_NOFILE},
    {"Max locked memory", RLIMIT_MEMLOCK},
    {"Max address space", RLIMIT_AS},
    {"Max file locks", RLIMIT_LOCKS},
    {"Max pending signals", RLIMIT_SIGPENDING},
    {"Max msgqueue size", RLIMIT_MSGQUEUE},
    {"Max nice priority", RLIMIT_NICE},
    {"Max realtime priority", RLIMIT_RTPRIO},
    {"Max realtime timeout", RLIMIT_RTTIME},
}};

/// The next word, which is taken off.
std::string_view take_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  return word;
}

bool read_value(std::string_view word, rlim_t& value) {
  if (word == "unlimited") {
    value = RLIM_INFINITY;
    return true;
  }
  const char* end = word.data() + word.size();
  const auto [parsed, status] = std::from_chars(word.data(), end, value);
  return status == std::errc() && parsed == end;
}

}  // namespace

ResourceLimits parse_resource_limits(std::string_view text) {
  ResourceLimits limits;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const auto* name = std::find_if(kNames.begin(), kNames.end(), [line](const Name& each) {
      return line.starts_with(each.text);
    });
    if (name == kNames.end()) continue;
    std::string_view words = line.substr(name->text.size());
    rlimit limit{};
    if (read_value(take_word(words), limit.rlim_cur) &&
        read_value(take_word(words), limit.rlim_max)) {
      limits[static_cast<std::size_t>(name->resource)] = limit;
    }
  }
  return limits;
}

Result<ResourceLimits> read_resource_limits(const BoxProcess& box) {
  auto text = box.read("limits");
  if (!text) return text.error();
  return parse_resource_limits(*text);
}

void raise_hard_limits(const ResourceLimits& limits) {
  for (const Name& name : kNames) {
    const auto& wanted = limits[static_cast<std::size_t>(name.resource)];
    rlimit own{};
    if (!wanted || ::getrlimit(name.resource, &own) != 0 || own.rlim_max >= wanted->rlim_max) {
      continue;
    }
    own.rlim_max = wanted->rlim_max;
    // One that cannot be raised stays: apply_resource_limits() takes on what it can.
    (void)::setrlimit(name.resource, &own);
  }
}

Result<void> apply_resource_limits(const ResourceLimits& limits) {
  for (const Name& name : kNames) {
    const auto& wanted = limits[static_cast<std::size_t>(name.resource)];
    if (!wanted || ::setrlimit(name.resource, &*wanted) == 0) continue;
    rlimit own{};
    if (errno != EPERM || ::getrlimit(name.resource, &own) != 0) {
      return errno_error("{}", name.text);
    }
    own.rlim_max = std::min(own.rlim_max, wanted->rlim_max);
    own.rlim_cur = std::min(own.rlim_max, wanted->rlim_cur);
    if (::setrlimit(name.resource, &own) != 0) return errno_error("{}", name.text);
  }
  return {};
}

}  // namespace zomg::sessiond
