#include "common/ssh/login_name.h"

#include <algorithm>

#include "common/base/limits.h"

namespace zomg::common {
namespace {

// Not <cctype>: a locale has no say in what a label is.
bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_label_value(std::string_view text) {
  return !text.empty() && text.size() <= limits::kMaxLabelValueBytes &&
         is_alphanumeric(text.front()) && is_alphanumeric(text.back()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_alphanumeric(c) || c == '-' || c == '_' || c == '.'; });
}

}  // namespace

std::string box_name(std::string_view project, std::string_view box) {
  return fmt::format("{}--{}", project, box);
}

std::string LoginName::box_name() const {
  return common::box_name(project, box);
}

std::string LoginName::text() const {
  return container.empty() ? box_name() : box_name() + '+' + container;
}

bool is_container_name(std::string_view name) {
  const auto is_lower = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !name.empty() && name.size() <= limits::kMaxContainerNameBytes && is_lower(name.front()) &&
         is_lower(name.back()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return is_lower(c) || c == '-'; });
}

Result<LoginName> parse_login_name(std::string_view name) {
  std::string_view container;
  if (const std::size_t plus = name.find('+'); plus != std::string_view::npos) {
    container = name.substr(plus + 1);
    name = name.substr(0, plus);
    if (!is_container_name(container)) return error("what follows the + is not a container's name");
  }
  const std::size_t split = name.find("--");
  if (split == std::string_view::npos) return error("the user name has no `--`");
  const std::string_view project = name.substr(0, split);
  const std::string_view box = name.substr(split + 2);
  if (!is_label_value(project)) return error("the project is not a label value");
  if (!is_label_value(box)) return error("the box is not a label value");
  return LoginName{std::string(project), std::string(box), std::string(container)};
}

}  // namespace zomg::common
