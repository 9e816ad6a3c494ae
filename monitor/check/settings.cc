#include <algorithm>

#include "monitor/check/checks.h"
#include "monitor/settings/spelling.h"
#include "monitor/settings/table.h"

namespace zomg::monitor::check {
namespace {

/// Variables that Kubernetes sets for a service named zomg-ssh-gateway.
constexpr std::string_view kServicePrefix = "ZOMG_SSH_GATEWAY_";

std::vector<std::string> known_variables() {
  std::vector<std::string> names{"ZOMG_SSH_CONFIG"};
  for (const SettingRow& row : settings_table()) names.emplace_back(row.variable);
  return names;
}

}  // namespace

void check_settings(const SettingsReport& report, const std::vector<std::string>& variables,
                    Findings& findings) {
  for (const common::Error& problem : report.problems) {
    findings.bad("settings", problem.message, "See zomg-ssh-gateway.yaml(5)");
  }
  const std::vector<std::string> known = known_variables();
  for (const std::string& variable : variables) {
    if (!variable.starts_with("ZOMG_SSH_") || variable.starts_with(kServicePrefix)) continue;
    if (std::find(known.begin(), known.end(), variable) != known.end()) continue;
    const auto meant = nearest_name(variable, known);
    findings.warning("settings", fmt::format("no setting is named {}", variable),
                     meant ? fmt::format("Did you mean {}?", *meant)
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
