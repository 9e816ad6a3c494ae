#pragma once

#include <span>
#include <string>
#include <string_view>

#include "monitor/settings/kind.h"

namespace zomg::monitor {

/// One setting. `--help`, the manual and docs/settings.md are made of these.
struct SettingRow {
  std::string_view variable;
  kind::Kind kind;
  /// A sentence on what it is for, in ASCII, for the operator.
  std::string_view help;
  /// What holds where the default is not a value; empty: show() of the default Settings.
  std::string_view default_note = {};
  /// Hidden by --print-config.
  bool secret = false;
  /// A changed value takes effect on SIGHUP; others at the next start.
  bool reloaded = false;
};

/// The whole table, in the order in which it is documented.
std::span<const SettingRow> settings_table();

/// The key in the YAML file: `drain_secs` for ZOMG_SSH_DRAIN_SECS.
std::string yaml_key(const SettingRow& row);

/// What holds when nothing is set, for the manual.
std::string default_text(const SettingRow& row);

}  // namespace zomg::monitor
