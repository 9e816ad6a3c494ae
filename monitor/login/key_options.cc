#include "monitor/login/key_options.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "common/base/limits.h"
#include "common/base/quoted.h"
#include "common/ssh/environment_policy.h"
#include "monitor/base/absolute_time.h"

namespace zomg::monitor {
namespace {

using common::Result;

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return (x >= 'A' && x <= 'Z' ? x + 32 : x) == (y >= 'A' && y <= 'Z' ? y + 32 : y);
  });
}

void keep(KeyOptions& /*options*/, bool /*on*/) {
  // Nothing is forwarded and no ~/.ssh/rc is run, so whatever the option says holds already.
}

Result<void> set_command(KeyOptions& options, const std::string& value) {
  if (options.forced_command) return common::error("given twice");
  if (value.size() > limits::kMaxForcedCommandBytes) {
    return common::error("over {} bytes", limits::kMaxForcedCommandBytes);
  }
  options.forced_command = value;
  return {};
}

Result<void> set_environment(KeyOptions& options, const std::string& value) {
  const std::size_t equals = value.find('=');
  if (equals == std::string::npos) return common::error("not NAME=value");
  const std::string_view name = std::string_view(value).substr(0, equals);
  for (const auto& variable : options.environment.value) {
    if (variable.name.value == name) return {};  // as in sshd, the first counts
  }
  if (!common::set_variable(options.environment, name,
                            std::string_view(value).substr(equals + 1))) {
    return common::error("the variable {} may not be set", common::quoted(name));
  }
  return {};
}

Result<void> set_from(KeyOptions& options, const std::string& value) {
  if (options.from) return common::error("given twice");
  auto list = AddressList::parse(value);
  if (!list) return list.error();
  options.from = std::move(*list);
  return {};
}

Result<void> set_expiry_time(KeyOptions& options, const std::string& value) {
  auto time = parse_absolute_time(value);
  if (!time) return time.error();
  options.expires = options.expires ? std::min(*options.expires, *time) : *time;
  return {};
}

Result<void> set_principals(KeyOptions& options, const std::string& value) {
  if (options.principals) return common::error("given twice");
  std::vector<std::string> names;
  auto read = for_each_entry(value, [&](bool negated, std::string_view name) -> Result<void> {
    if (negated) return common::error("!{}: nothing can be negated here", common::quoted(name));
    names.emplace_back(name);
    return {};
  });
  if (!read) return read;
  options.principals = std::move(names);
  return {};
}

Result<void> set_boxes(KeyOptions& options, const std::string& value) {
  if (options.boxes) return common::error("given twice");
  auto list = PatternList::parse(value);
  if (!list) return list.error();
  options.boxes = std::move(*list);
  return {};
}

bool is_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), port);
  return text == "*" ||
         (status == std::errc() && end == text.data() + text.size() && port > 0 && port <= 65535);
}

Result<void> check_permitopen(KeyOptions& /*options*/, const std::string& value) {
  const std::size_t colon = value.rfind(':');
  if (colon == std::string::npos || colon == 0 || !is_port(value.substr(colon + 1))) {
    return common::error("{} is not host:port", common::quoted(value));
  }
  return {};
}

Result<void> check_permitlisten(KeyOptions& options, const std::string& value) {
  return is_port(value) ? Result<void>() : check_permitopen(options, value);
}

Result<void> check_tunnel(KeyOptions& /*options*/, const std::string& value) {
  const bool number = !value.empty() && value.size() <= 9 &&
                      value.find_first_not_of("0123456789") == std::string::npos;
  if (!number && value != "any")
    return common::error("{} is no tunnel device", common::quoted(value));
  return {};
}

/// An option without a value; with `no-` before its name it says the opposite.
struct Flag {
  std::string_view name;
  bool negatable;
  void (*set)(KeyOptions& options, bool on);
};

constexpr std::array kFlags{
    Flag{"restrict", false, [](KeyOptions& o, bool /*on*/) { o.terminal_permitted = false; }},
    Flag{"cert-authority", false, [](KeyOptions& o, bool on) { o.certificate_authority = on; }},
    Flag{"pty", true, [](KeyOptions& o, bool on) { o.terminal_permitted = on; }},
    Flag{"record", false, [](KeyOptions& o, bool on) { o.record = on; }},
    Flag{"touch-required", true, [](KeyOptions& o, bool on) { o.touch_required = on; }},
    Flag{"verify-required", true, [](KeyOptions& o, bool on) { o.verification_required = on; }},
    Flag{"agent-forwarding", true, keep},
    Flag{"port-forwarding", true, keep},
    Flag{"x11-forwarding", true, keep},
    Flag{"user-rc", true, keep},
};

/// An option with a value in double quotes.
struct Valued {
  std::string_view name;
  Result<void> (*set)(KeyOptions& options, const std::string& value);
};

constexpr std::array kValued{
    Valued{"boxes", set_boxes},
    Valued{"command", set_command},
    Valued{"environment", set_environment},
    Valued{"expiry-time", set_expiry_time},
    Valued{"from", set_from},
    Valued{"permitlisten", check_permitlisten},
    Valued{"permitopen", check_permitopen},
    Valued{"principals", set_principals},
    Valued{"tunnel", check_tunnel},
};

Result<void> apply_flag(KeyOptions& options, std::string_view word) {
  const bool negated = word.size() > 3 && equals_ignoring_case(word.substr(0, 3), "no-");
  for (const Flag& flag : kFlags) {
    if (equals_ignoring_case(word, flag.name)) {
      flag.set(options, true);
      return {};
    }
    if (negated && flag.negatable && equals_ignoring_case(word.substr(3), flag.name)) {
      flag.set(options, false);
      return {};
    }
  }
  return common::error("the option {} is not understood", common::quoted(word));
}

Result<void> apply_valued(KeyOptions& options, std::string_view word, const std::string& value) {
  for (const Valued& valued : kValued) {
    if (!equals_ignoring_case(word, valued.name)) continue;
    auto set = valued.set(options, value);
    return set ? set : set.error().with_context(valued.name);
  }
  return common::error("the option {} is not understood", common::quoted(word));
}

/// Takes `"…"` off the front of `rest`. A quote in it is written \"; nothing else is special.
Result<std::string> take_quoted(std::string_view& rest) {
  if (!rest.starts_with('"')) return common::error("a value is not in double quotes");
  std::string value;
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '"') {
      rest.remove_prefix(i + 1);
      return value;
    }
    if (rest.substr(i).starts_with("\\\"")) ++i;
    value.push_back(rest[i]);
  }
  return common::error("a double quote is not closed");
}

}  // namespace

Result<KeyOptions> parse_key_options(std::string_view text) {
  KeyOptions options;
  if (text.find('\0') != std::string_view::npos) return common::error("a NUL in the options");
  while (true) {
    const std::size_t end = std::min(text.find_first_of(",=\""), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(end);
    Result<void> applied;
    if (text.starts_with('=')) {
      text.remove_prefix(1);
      auto value = take_quoted(text);
      applied = value ? apply_valued(options, word, *value)
                      : value.error().with_context(common::quoted(word));
    } else {
      applied = apply_flag(options, word);
    }
    if (!applied) return applied.error();
    if (text.empty()) break;
    if (text[0] != ',')
      return common::error("a comma is missing after the option {}", common::quoted(word));
    text.remove_prefix(1);
  }
  if (options.principals && !options.certificate_authority) {
    return common::error("principals is for a cert-authority only");
  }
  return options;
}

Result<void> permit(const KeyOptions& options, const LoginAttempt& attempt) {
  if (options.expires && attempt.now > *options.expires) return common::error("it has expired");
  if (options.from && !options.from->matches(attempt.client_address)) {
    return common::error("not from this address");
  }
  if (options.boxes && !options.boxes->matches(attempt.box_name)) {
    return common::error("not into this box");
  }
  return {};
}

}  // namespace zomg::monitor
