#include "common/environment_policy.h"

#include <algorithm>

#include "common/limits.h"

namespace zomg::common {
namespace {

bool is_name_character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
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

}  // namespace

bool may_set_variable(std::string_view name, std::string_view value) {
  return name.size() <= limits::kMaxEnvironmentNameBytes && is_accepted_name(name) &&
         value.size() <= limits::kMaxEnvironmentValueBytes &&
         value.find('\0') == std::string_view::npos;
}

bool set_variable(messages::Environment& environment, std::string_view name,
                  std::string_view value) {
  if (!may_set_variable(name, value)) return false;
  if (messages::EnvironmentVariable* variable = find(environment, name)) {
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
