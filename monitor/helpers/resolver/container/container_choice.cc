#include "monitor/helpers/resolver/container/container_choice.h"

#include <algorithm>

namespace zomg::resolver {
namespace {

using common::Failure;

constexpr std::string_view kUsualContainer = "box";

/// All that the runtime still has of one container of the spec.
struct Attempts {
  std::string_view name;
  const Container* latest = nullptr;
  /// When the first attempt was made; nothing where it was removed.
  std::optional<std::int64_t> made_at;

  bool running() const { return latest->running; }
};

/// The id only makes the order a total one.
bool later(const Container& a, const Container& b) {
  return std::tie(a.created_at, a.id) > std::tie(b.created_at, b.id);
}

std::vector<Attempts> by_name(std::span<const Container> containers, const Sandbox& sandbox) {
  std::vector<Attempts> all;
  for (const Container& container : containers) {
    if (container.sandbox_id != sandbox.id) continue;
    auto known = std::find_if(all.begin(), all.end(), [&container](const Attempts& attempts) {
      return attempts.name == container.name;
    });
    if (known == all.end()) known = all.insert(all.end(), {container.name, &container, {}});
    if (later(container, *known->latest)) known->latest = &container;
    if (container.attempt == 0 && (!known->made_at || container.created_at < *known->made_at)) {
      known->made_at = container.created_at;
    }
  }
  std::sort(all.begin(), all.end(), [](const Attempts& a, const Attempts& b) {
    return std::tuple(a.made_at.value_or(a.latest->created_at), a.name) <
           std::tuple(b.made_at.value_or(b.latest->created_at), b.name);
  });
  return all;
}

const Attempts* find(const std::vector<Attempts>& all, std::string_view name) {
  const auto found = std::find_if(
      all.begin(), all.end(), [name](const Attempts& attempts) { return attempts.name == name; });
  return found == all.end() ? nullptr : &*found;
}

/// The first of those that run was made then; nothing where that is not known of all of them.
std::optional<std::int64_t> first_running_made_at(const std::vector<Attempts>& all) {
  std::optional<std::int64_t> first;
  for (const Attempts& attempts : all) {
    if (!attempts.running()) continue;
    if (!attempts.made_at) return std::nullopt;
    first = std::min(first.value_or(*attempts.made_at), *attempts.made_at);
  }
  return first;
}

ContainerChoice chosen(const Attempts& attempts) {
  if (!attempts.running()) return {};
  return {Failure::kNone, attempts.latest, {}};
}

ContainerChoice refused(Failure failure, const std::vector<Attempts>& all) {
  ContainerChoice choice{failure, nullptr, {}};
  for (const Attempts& attempts : all) choice.names.emplace_back(attempts.name);
  return choice;
}

ContainerChoice choose_first(const std::vector<Attempts>& all, const AskEnd& ask_end) {
  if (all.empty()) return {};
  if (all.size() == 1) return chosen(all[0]);
  const auto running_since = first_running_made_at(all);
  const bool runs = std::any_of(all.begin(), all.end(),
                                [](const Attempts& attempts) { return attempts.running(); });
  if (!runs) return {};
  if (!running_since) return refused(Failure::kSeveralContainers, all);
  for (const Attempts& attempts : all) {
    if (!attempts.running()) {
      const auto end = ask_end(*attempts.latest);
      const bool init = end && end->exit_code == 0 && end->finished_at <= *running_since;
      if (init) continue;
    }
    if (!attempts.made_at) return refused(Failure::kSeveralContainers, all);
    return chosen(attempts);
  }
  return {};
}

}  // namespace

ContainerChoice choose_container(std::span<const Container> containers, const Sandbox& sandbox,
                                 std::string_view wanted, const AskEnd& ask_end) {
  const std::vector<Attempts> all = by_name(containers, sandbox);
  if (!wanted.empty()) {
    const Attempts* const named = find(all, wanted);
    return named == nullptr ? refused(Failure::kNoSuchContainer, all) : chosen(*named);
  }
  if (!sandbox.default_container.empty()) {
    const Attempts* const named = find(all, sandbox.default_container);
    return named == nullptr ? ContainerChoice() : chosen(*named);
  }
  if (const Attempts* const usual = find(all, kUsualContainer)) return chosen(*usual);
  return choose_first(all, ask_end);
}

}  // namespace zomg::resolver
