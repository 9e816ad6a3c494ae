#include "monitor/settings/reload.h"

#include "monitor/settings/table.h"

namespace zomg::monitor {

std::vector<std::string> changed_until_restart(const Settings& before, const Settings& after) {
  std::vector<std::string> changed;
  for (const SettingRow& row : settings_table()) {
    if (row.reloaded || kind::show(row.kind, before) == kind::show(row.kind, after)) continue;
    changed.emplace_back(row.variable);
  }
  return changed;
}

}  // namespace zomg::monitor
