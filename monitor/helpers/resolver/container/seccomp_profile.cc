#include "monitor/helpers/resolver/container/seccomp_profile.h"

#include <linux/seccomp.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include <nlohmann/json.hpp>

#include "common/base/limits.h"
#include "common/base/quoted.h"

namespace zomg::resolver {
namespace {

using common::Result;
using nlohmann::json;

template <typename T>
struct Name {
  std::string_view text;
  T value;
};

constexpr std::uint32_t kErrno = SCMP_ACT_ERRNO(0);
constexpr std::uint32_t kTrace = SCMP_ACT_TRACE(0);

constexpr std::array kActions{
    Name<std::uint32_t>{"SCMP_ACT_KILL", SCMP_ACT_KILL_THREAD},
    Name<std::uint32_t>{"SCMP_ACT_KILL_THREAD", SCMP_ACT_KILL_THREAD},
    Name<std::uint32_t>{"SCMP_ACT_KILL_PROCESS", SCMP_ACT_KILL_PROCESS},
    Name<std::uint32_t>{"SCMP_ACT_TRAP", SCMP_ACT_TRAP},
    Name<std::uint32_t>{"SCMP_ACT_ERRNO", kErrno},
    Name<std::uint32_t>{"SCMP_ACT_TRACE", kTrace},
    Name<std::uint32_t>{"SCMP_ACT_ALLOW", SCMP_ACT_ALLOW},
    Name<std::uint32_t>{"SCMP_ACT_LOG", SCMP_ACT_LOG},
    Name<std::uint32_t>{"SCMP_ACT_NOTIFY", SCMP_ACT_NOTIFY},
};

constexpr std::array kOperators{
    Name<scmp_compare>{"SCMP_CMP_NE", SCMP_CMP_NE},
    Name<scmp_compare>{"SCMP_CMP_LT", SCMP_CMP_LT},
    Name<scmp_compare>{"SCMP_CMP_LE", SCMP_CMP_LE},
    Name<scmp_compare>{"SCMP_CMP_EQ", SCMP_CMP_EQ},
    Name<scmp_compare>{"SCMP_CMP_GE", SCMP_CMP_GE},
    Name<scmp_compare>{"SCMP_CMP_GT", SCMP_CMP_GT},
    Name<scmp_compare>{"SCMP_CMP_MASKED_EQ", SCMP_CMP_MASKED_EQ},
};

constexpr std::array kFlags{
    Name<std::uint32_t>{"SECCOMP_FILTER_FLAG_TSYNC", SECCOMP_FILTER_FLAG_TSYNC},
    Name<std::uint32_t>{"SECCOMP_FILTER_FLAG_LOG", SECCOMP_FILTER_FLAG_LOG},
    Name<std::uint32_t>{"SECCOMP_FILTER_FLAG_SPEC_ALLOW", SECCOMP_FILTER_FLAG_SPEC_ALLOW},
    // Says how a supervisor's answer is waited for; without one, as here, it changes nothing.
    Name<std::uint32_t>{"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", 0},
};

template <typename T, std::size_t N>
Result<T> value_named(const std::array<Name<T>, N>& names, const json& name) {
  if (!name.is_string()) return common::error("a name in the seccomp profile is no string");
  const auto& text = name.get_ref<const std::string&>();
  const auto found =
      std::find_if(names.begin(), names.end(), [&](const auto& n) { return n.text == text; });
  if (found == names.end())
    return common::error("the seccomp profile has an unknown {}", common::quoted(text));
  return found->value;
}

/// The member `key`; null where there is none.
const json& profile_member(const json& object, const char* key) {
  static const json kNull;
  const auto found = object.find(key);
  return found == object.end() ? kNull : *found;
}

Result<const json*> list(const json& object, const char* key) {
  static const json kNone = json::array();
  const json& value = profile_member(object, key);
  if (value.is_null()) return &kNone;
  if (!value.is_array())
    return common::error("{} of the seccomp profile is no list", common::quoted(key));
  return &value;
}

Result<std::uint64_t> number(const json& object, const char* key, std::uint64_t otherwise) {
  const json& value = profile_member(object, key);
  if (value.is_null()) return otherwise;
  if (!value.is_number_unsigned()) {
    return common::error("{} of the seccomp profile is no number", common::quoted(key));
  }
  return value.get<std::uint64_t>();
}

/// The action `key` with its errno, which is EPERM where `errno_key` is not there.
Result<std::uint32_t> action(const json& object, const char* key, const char* errno_key) {
  auto code = value_named(kActions, profile_member(object, key));
  if (!code) return code.error();
  if (*code != kErrno && *code != kTrace) return *code;
  const auto value = number(object, errno_key, EPERM);
  if (!value) return value.error();
  if (*value > SECCOMP_RET_DATA)
    return common::error("{} is out of range", common::quoted(errno_key));
  return *code | static_cast<std::uint32_t>(*value);
}

/// `SCMP_ARCH_X86_64` is what libseccomp calls x86_64.
Result<std::uint32_t> architecture(const json& name) {
  constexpr std::string_view kPrefix = "SCMP_ARCH_";
  if (!name.is_string()) return common::error("an architecture that is no string");
  std::string text = name.get<std::string>();
  if (!text.starts_with(kPrefix))
    return common::error("the unknown architecture {}", common::quoted(text));
  text.erase(0, kPrefix.size());
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  const std::uint32_t token = seccomp_arch_resolve_name(text.c_str());
  if (token == 0) return common::error("the unknown architecture {}", common::quoted(text));
  return token;
}

Result<scmp_arg_cmp> argument(const json& object) {
  constexpr std::uint64_t kArguments = 6;
  if (!object.is_object()) return common::error("a seccomp argument that is no object");
  const auto index = number(object, "index", 0);
  const auto value = number(object, "value", 0);
  const auto value_two = number(object, "valueTwo", 0);
  const auto compare = value_named(kOperators, profile_member(object, "op"));
  if (!index) return index.error();
  if (!value) return value.error();
  if (!value_two) return value_two.error();
  if (!compare) return compare.error();
  if (*index >= kArguments) return common::error("a seccomp argument of index {}", *index);
  return scmp_arg_cmp{static_cast<unsigned>(*index), *compare, *value, *value_two};
}

Result<SeccompRule> rule(const json& object) {
  if (!object.is_object()) return common::error("a seccomp rule that is no object");
  SeccompRule rule;
  auto code = action(object, "action", "errnoRet");
  if (!code) return code.error();
  rule.action = *code;
  const auto names = list(object, "names");
  if (!names) return names.error();
  for (const json& name : **names) {
    if (!name.is_string()) return common::error("a system call whose name is no string");
    rule.names.push_back(name.get<std::string>());
  }
  const auto arguments = list(object, "args");
  if (!arguments) return arguments.error();
  for (const json& element : **arguments) {
    auto one = argument(element);
    if (!one) return one.error();
    rule.arguments.push_back(*one);
  }
  return rule;
}

}  // namespace

Result<SeccompProfile> parse_seccomp_profile(const json& object) {
  if (!object.is_object()) return common::error("a seccomp profile that is no object");
  SeccompProfile profile;
  auto code = action(object, "defaultAction", "defaultErrnoRet");
  if (!code) return code.error();
  profile.default_action = *code;
  const auto architectures = list(object, "architectures");
  const auto flags = list(object, "flags");
  const auto rules = list(object, "syscalls");
  if (!architectures) return architectures.error();
  if (!flags) return flags.error();
  if (!rules) return rules.error();
  for (const json& name : **architectures) {
    auto token = architecture(name);
    if (!token) return token.error();
    profile.architectures.push_back(*token);
  }
  for (const json& name : **flags) {
    auto flag = value_named(kFlags, name);
    if (!flag) return flag.error();
    profile.flags |= *flag;
  }
  for (const json& element : **rules) {
    auto one = rule(element);
    if (!one) return one.error();
    profile.rules.push_back(std::move(*one));
  }
  return profile;
}

}  // namespace zomg::resolver
