#include "monitor/settings/reload.h"

#include "monitor/settings/table.h"

namespace zomg::monitor {

Reloaded reload_settings(const Settings& running, const Settings& read) {
  Reloaded reloaded{running, {}};
  for (const SettingRow& row : settings_table()) {
    if (row.reloaded) {
      kind::copy(row.kind, read, reloaded.settings);
    } else if (kind::show(row.kind, running) != kind::show(row.kind, read)) {
      reloaded.waiting.emplace_back(row.variable);
    }
  }
  return reloaded;
}

}  // namespace zomg::monitor
