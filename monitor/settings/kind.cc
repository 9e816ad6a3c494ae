#include "monitor/settings/kind.h"

#include "monitor/settings/values.h"

namespace zomg::monitor::kind {
namespace {

using common::Result;

template <typename Member, typename Value>
Result<void> assign(Settings& settings, Member member, Result<Value> value) {
  if (!value) return value.error();
  settings.*member = std::move(*value);
  return {};
}

Result<void> set_one(const Whole& kind, Settings& settings, std::string_view text) {
  return assign(settings, kind.member, values::parse_whole(text, kind.min, kind.max));
}

Result<void> set_one(const Duration& kind, Settings& settings, std::string_view text) {
  return assign(settings, kind.member, values::parse_duration(text, kind.min, kind.max));
}

Result<void> set_one(const YesNo& kind, Settings& settings, std::string_view text) {
  return assign(settings, kind.member, values::parse_yes_no(text));
}

Result<void> set_one(const Path& kind, Settings& settings, std::string_view text) {
  return assign(settings, kind.member, values::parse_path(text, kind.max_bytes));
}

Result<void> set_one(const Text& kind, Settings& settings, std::string_view text) {
  if (text.size() > kind.max_bytes) return common::error("over {} bytes", kind.max_bytes);
  settings.*kind.member = text;
  return {};
}

Result<void> set_one(const List& kind, Settings& settings, std::string_view text) {
  auto items = values::split_list(text, kind.max_items);
  if (!items) return items.error();
  for (const std::string_view item : *items) {
    if (auto checked = kind.check(item); !checked) return checked;
  }
  (settings.*kind.member).assign(items->begin(), items->end());
  return {};
}

Result<void> set_one(const Custom& kind, Settings& settings, std::string_view text) {
  return kind.set(settings, text);
}

struct Show {
  const Settings& settings;

  std::string operator()(const Whole& kind) const { return std::to_string(settings.*kind.member); }
  std::string operator()(const Duration& kind) const {
    return values::show_duration(settings.*kind.member);
  }
  std::string operator()(const YesNo& kind) const { return settings.*kind.member ? "yes" : "no"; }
  std::string operator()(const Path& kind) const { return settings.*kind.member; }
  std::string operator()(const Text& kind) const { return settings.*kind.member; }
  std::string operator()(const List& kind) const {
    return values::join_list(settings.*kind.member);
  }
  std::string operator()(const Custom& kind) const { return kind.show(settings); }
};

void copy_one(const Custom& kind, const Settings& from, Settings& to) {
  kind.copy(from, to);
}

template <typename OneMember>
void copy_one(const OneMember& kind, const Settings& from, Settings& to) {
  to.*kind.member = from.*kind.member;
}

struct Describe {
  std::string operator()(const Whole& kind) const {
    const std::string range = fmt::format("{} to {}", kind.min, kind.max);
    return kind.unit.empty() ? range : fmt::format("{} {}", range, kind.unit);
  }
  std::string operator()(const Duration& kind) const {
    return fmt::format("a time, {} to {}", values::show_duration(kind.min),
                       values::show_duration(kind.max));
  }
  std::string operator()(const YesNo&) const { return "yes, no"; }
  std::string operator()(const Path&) const { return "an absolute path"; }
  std::string operator()(const Text&) const { return "text"; }
  std::string operator()(const List& kind) const {
    return fmt::format("{}, comma-separated", kind.item);
  }
  std::string operator()(const Custom& kind) const { return std::string(kind.values); }
};

}  // namespace

Result<void> set(const Kind& kind, Settings& settings, std::string_view text) {
  return std::visit([&](const auto& one) { return set_one(one, settings, text); }, kind);
}

std::string show(const Kind& kind, const Settings& settings) {
  return std::visit(Show{settings}, kind);
}

void copy(const Kind& kind, const Settings& from, Settings& to) {
  std::visit([&](const auto& one) { copy_one(one, from, to); }, kind);
}

std::string describe(const Kind& kind) {
  return std::visit(Describe{}, kind);
}

bool is_list(const Kind& kind) {
  if (const auto* custom = std::get_if<Custom>(&kind)) return custom->list;
  return std::holds_alternative<List>(kind);
}

}  // namespace zomg::monitor::kind
