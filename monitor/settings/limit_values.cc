#include "monitor/settings/limit_values.h"

#include <array>

#include "common/base/limits.h"
#include "common/base/quoted.h"
#include "monitor/settings/values.h"

namespace zomg::monitor {
namespace {

using common::Result;
using namespace std::chrono_literals;

struct PenaltyTime {
  std::string_view word;
  std::chrono::seconds PenaltyRules::*member;
};
constexpr std::array kPenaltyTimes{
    PenaltyTime{"authfail", &PenaltyRules::authentication_failed},
    PenaltyTime{"noauth", &PenaltyRules::no_authentication},
    PenaltyTime{"grace-exceeded", &PenaltyRules::grace_exceeded},
    PenaltyTime{"crash", &PenaltyRules::crash},
    PenaltyTime{"max", &PenaltyRules::max},
    PenaltyTime{"min", &PenaltyRules::min},
};
constexpr std::chrono::seconds kMaxPenalty = 24h;

Result<void> set_penalty(PenaltyRules& rules, std::string_view name, std::string_view value) {
  for (const PenaltyTime& time : kPenaltyTimes) {
    if (time.word != name) continue;
    auto duration = values::parse_duration(value, 0s, kMaxPenalty);
    if (!duration) return duration.error().with_context(name);
    rules.*time.member = *duration;
    return {};
  }
  if (name == "max-sources") {
    auto count = values::parse_whole(value, 1, limits::kMaxPenaltySources);
    if (!count) return count.error().with_context(name);
    rules.max_sources = *count;
    return {};
  }
  if (name == "overflow" && (value == "permissive" || value == "deny-all")) {
    rules.refuse_all_on_overflow = value == "deny-all";
    return {};
  }
  return common::error("`{}:{}` is no penalty of sshd_config(5)", name, value);
}

}  // namespace

Result<void> set_max_startups(Settings& settings, std::string_view text) {
  const auto malformed = [&](const common::Error& error) {
    return common::error("{} is neither a number nor begin:rate:full ({})", common::quoted(text),
                         error.message);
  };
  const std::size_t first = text.find(':');
  const std::size_t last = text.rfind(':');
  auto begin = values::parse_whole(text.substr(0, first), 1, limits::kMaxConnections);
  if (!begin) return malformed(begin.error());
  if (first == std::string_view::npos) {
    settings.max_startups = {*begin, 100, *begin};
    return {};
  }
  auto rate =
      values::parse_whole(text.substr(first + 1, last > first ? last - first - 1 : 0), 1, 100);
  if (!rate) return malformed(rate.error());
  auto full = values::parse_whole(text.substr(last + 1), *begin, limits::kMaxConnections);
  if (!full) return malformed(full.error());
  settings.max_startups = {*begin, *rate, *full};
  return {};
}

std::string show_max_startups(const Settings& settings) {
  const MaxStartups& limit = settings.max_startups;
  return fmt::format("{}:{}:{}", limit.begin, limit.rate, limit.full);
}

Result<void> set_net_block_size(Settings& settings, std::string_view text) {
  const std::size_t colon = text.find(':');
  auto ipv4 = values::parse_whole(text.substr(0, colon), 1, 32);
  if (!ipv4) return ipv4.error();
  NetBlockSize size;
  size.ipv4_bits = static_cast<unsigned>(*ipv4);
  if (colon != std::string_view::npos) {
    auto ipv6 = values::parse_whole(text.substr(colon + 1), 1, 128);
    if (!ipv6) return ipv6.error();
    size.ipv6_bits = static_cast<unsigned>(*ipv6);
  }
  settings.net_block_size = size;
  return {};
}

std::string show_net_block_size(const Settings& settings) {
  return fmt::format("{}:{}", settings.net_block_size.ipv4_bits, settings.net_block_size.ipv6_bits);
}

Result<void> set_penalties(Settings& settings, std::string_view text) {
  PenaltyRules rules;
  if (auto all = values::parse_yes_no(text)) {
    rules.enabled = *all;
    settings.penalties = rules;
    return {};
  }
  while (!text.empty()) {
    const std::size_t end = text.find(' ');
    const std::string_view word = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (word.empty()) continue;
    const std::size_t colon = word.find(':');
    if (colon == std::string_view::npos)
      return common::error("{} has no value", common::quoted(word));
    if (auto set = set_penalty(rules, word.substr(0, colon), word.substr(colon + 1)); !set) {
      return set;
    }
  }
  settings.penalties = rules;
  return {};
}

std::string show_penalties(const Settings& settings) {
  const PenaltyRules& rules = settings.penalties;
  if (!rules.enabled) return "no";
  std::string text;
  for (const PenaltyTime& time : kPenaltyTimes) {
    text += fmt::format("{}:{} ", time.word, values::show_duration(rules.*time.member));
  }
  return text + fmt::format("max-sources:{} overflow:{}", rules.max_sources,
                            rules.refuse_all_on_overflow ? "deny-all" : "permissive");
}

}  // namespace zomg::monitor
