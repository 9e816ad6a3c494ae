#include <algorithm>

#include "monitor/check/checks.h"

namespace zomg::monitor::check {

void check_settings(const SettingsReport& report, const std::vector<std::string>& variables,
                    Findings& findings) {
  for (const common::Error& problem : report.problems) {
    findings.bad("settings", problem.message, "See zomg-ssh-gateway.yaml(5)");
  }
  for (const UnknownVariable& unknown : unknown_variables(variables)) {
    findings.warning("settings", fmt::format("no setting is named {}", unknown.name),
                     unknown.meant ? fmt::format("Did you mean {}?", *unknown.meant)
                                   : std::string("`zomg-ssh-gateway --help` lists them"));
  }
  if (report.problems.empty()) {
    const auto set = std::count_if(
        report.origins.begin(), report.origins.end(),
        [](const Origin& origin) { return origin.source != Origin::Source::kDefault; });
    findings.good("settings", fmt::format("{} set, {} at their defaults", set,
                                          static_cast<long>(report.origins.size()) - set));
  }
}

}  // namespace zomg::monitor::check
