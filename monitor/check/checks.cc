#include "monitor/check/checks.h"

#include "monitor/check/helper.h"

namespace zomg::monitor::check {

Findings run_checks(const Environment& environment, const FileReader& read_file,
                    const std::vector<std::string>& variables) {
  Findings findings;
  const HelpersLog log;
  const SettingsReport report = examine_settings(environment, read_file);
  check_settings(report, variables, findings);
  const ResourceLimits limits = examine_resource_limits();
  const Capacity capacity = capacity_of(report.settings, limits);
  check_capacity(capacity, findings);
  check_keys(report.settings, findings);
  check_surroundings(report.settings, capacity, findings);
  check_cluster(report.settings, environment, findings);
  check_own_work(report.settings, findings);
  report_refused_calls(log.pass_on(), findings);
  check_privileges(limits, findings);
  check_kernel(findings);
  return findings;
}

}  // namespace zomg::monitor::check
