#include "monitor/check/checks.h"

#include "monitor/check/helper.h"

namespace zomg::monitor::check {

Findings run_checks(const Environment& environment, const FileReader& read_file,
                    const std::vector<std::string>& variables) {
  Findings findings;
  const HelpersLog log;
  const SettingsReport report = examine_settings(environment, read_file);
  check_settings(report, variables, findings);
  check_keys(report.settings, findings);
  check_surroundings(report.settings, findings);
  check_cluster(report.settings, environment, findings);
  check_own_work(report.settings, findings);
  report_refused_calls(log.pass_on(), findings);
  check_privileges(findings);
  check_kernel(findings);
  return findings;
}

}  // namespace zomg::monitor::check
