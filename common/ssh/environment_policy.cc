#include "common/ssh/environment_policy.h"

#include <algorithm>

#include "common/base/limits.h"

namespace zomg::common {
namespace {

/// What a shell can export.
bool is_name_character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_accepted_name(std::string_view name) {
  if (name == "LANG" || name == "COLORTERM") return true;
  constexpr std::string_view kPrefix = "LC_";
  return name.starts_with(kPrefix) && name.size() > kPrefix.size() &&
         std::all_of(name.begin(), name.end(), is_name_character);
}

messages::EnvironmentVariable* find(messages::Environment& environment, std::string_view name) {
  for (messages::EnvironmentVariable& variable : environment.value) {
    if (variable.name.value == name) return &variable;
  }
  return nullptr;
}

std::size_t bytes_of(std::string_view name, std::string_view value) {
  constexpr std::size_t kLengths = 2 * sizeof(std::uint32_t);
  return name.size() + value.size() + kLengths;
}

std::size_t bytes_of(const messages::Environment& environment) {
  std::size_t bytes = 0;
  for (const messages::EnvironmentVariable& variable : environment.value) {
    bytes += bytes_of(variable.name, variable.value);
  }
  return bytes;
}

}  // namespace

bool may_set_variable(std::string_view name, std::string_view value) {
  return name.size() <= limits::kMaxEnvironmentNameBytes && is_accepted_name(name) &&
         value.size() <= limits::kMaxEnvironmentValueBytes &&
         value.find('\0') == std::string_view::npos;
}

bool may_set_variables(const messages::Environment& environment) {
  return bytes_of(environment) <= limits::kMaxEnvironmentBytes &&
         std::all_of(environment.value.begin(), environment.value.end(),
                     [](const messages::EnvironmentVariable& variable) {
                       return may_set_variable(variable.name, variable.value);
                     });
}

bool set_variable(messages::Environment& environment, std::string_view name,
                  std::string_view value) {
  if (!may_set_variable(name, value)) return false;
  messages::EnvironmentVariable* variable = find(environment, name);
  const std::size_t replaced = variable != nullptr ? bytes_of(variable->name, variable->value) : 0;
  if (bytes_of(environment) - replaced + bytes_of(name, value) > limits::kMaxEnvironmentBytes) {
    return false;
  }
  if (variable != nullptr) {
    variable->value = value;
    return true;
  }
  if (environment.value.size() >= limits::kMaxEnvironmentVariables) return false;
  environment.value.push_back({name, value});
  return true;
}

void add_missing(messages::Environment& environment, const messages::Environment& more) {
  for (const messages::EnvironmentVariable& variable : more.value) {
    if (find(environment, variable.name)) continue;
    set_variable(environment, variable.name, variable.value);
  }
}

}  // namespace zomg::common
