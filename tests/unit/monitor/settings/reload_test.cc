#include "monitor/settings/reload.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "monitor/settings/table.h"

namespace zomg::monitor {
namespace {

/// Another value than the default.
struct AnotherValue {
  std::string_view variable;

  std::string operator()(const kind::Whole& kind) const {
    return std::to_string(Settings{}.*kind.member == kind.max ? kind.min : kind.max);
  }
  std::string operator()(const kind::Duration& kind) const {
    return std::to_string((Settings{}.*kind.member == kind.max ? kind.min : kind.max).count());
  }
  std::string operator()(const kind::YesNo& kind) const {
    return Settings{}.*kind.member ? "no" : "yes";
  }
  std::string operator()(const kind::Path&) const { return "/elsewhere"; }
  std::string operator()(const kind::Text&) const { return "another"; }
  std::string operator()(const kind::List&) const { return "192.0.2.0/24"; }
  std::string operator()(const kind::Custom&) const {
    static const std::map<std::string_view, std::string> kValues{
        {"ZOMG_SSH_LISTEN", "127.0.0.1:1"},
        {"ZOMG_SSH_GITHUB_USERS", "alice"},
        {"ZOMG_SSH_GITHUB_URL", "https://example.org"},
        {"ZOMG_SSH_BOX_USER", "container"},
        {"ZOMG_SSH_NAMESPACE", "other"},
        {"ZOMG_SSH_PATH", "cri"},
        {"ZOMG_SSH_MAX_STARTUPS", "7"},
        {"ZOMG_SSH_PER_SOURCE_NET_BLOCK_SIZE", "24:64"},
        {"ZOMG_SSH_PER_SOURCE_PENALTIES", "no"},
        {"ZOMG_SSH_AUDIT_LOG", "off"},
        {"ZOMG_SSH_METRICS_LISTEN", "127.0.0.1:2"},
        {"ZOMG_SSH_RECORD", "keys"},
        {"ZOMG_SSH_RECORD_FAIL", "open"},
        {"ZOMG_SSH_LOG_LEVEL", "error"},
    };
    const auto found = kValues.find(variable);
    return found == kValues.end() ? "" : found->second;
  }
};

Settings all_changed() {
  Settings settings;
  for (const SettingRow& row : settings_table()) {
    const std::string value = std::visit(AnotherValue{row.variable}, row.kind);
    const auto set = kind::set(row.kind, settings, value);
    EXPECT_TRUE(set) << row.variable << ": give it another value above";
    EXPECT_NE(kind::show(row.kind, settings), kind::show(row.kind, Settings{})) << row.variable;
  }
  return settings;
}

TEST(ReloadedSettings, WhatIsNotReloadedKeepsItsValue) {
  const Settings changed = all_changed();
  const Reloaded reloaded = reload_settings({}, changed);
  for (const SettingRow& row : settings_table()) {
    const std::string now = kind::show(row.kind, reloaded.settings);
    EXPECT_EQ(now, kind::show(row.kind, row.reloaded ? changed : Settings{})) << row.variable;
    const auto& waiting = reloaded.waiting;
    EXPECT_EQ(std::count(waiting.begin(), waiting.end(), row.variable), row.reloaded ? 0 : 1)
        << row.variable;
  }
}

TEST(ReloadedSettings, WhatIsTakenAwayIsTheDefaultAgain) {
  const Settings changed = all_changed();
  const Reloaded reloaded = reload_settings(changed, {});
  for (const SettingRow& row : settings_table()) {
    EXPECT_EQ(kind::show(row.kind, reloaded.settings),
              kind::show(row.kind, row.reloaded ? Settings{} : changed))
        << row.variable;
  }
}

TEST(ReloadedSettings, WhatWaitsIsToldUntilItIsTakenBack) {
  Settings changed;
  changed.chroot_directory = "/other";
  const Reloaded first = reload_settings({}, changed);
  EXPECT_EQ(first.waiting, std::vector<std::string>{"ZOMG_SSH_CHROOT"});
  EXPECT_EQ(reload_settings(first.settings, changed).waiting, first.waiting);
  EXPECT_TRUE(reload_settings(first.settings, {}).waiting.empty());
}

TEST(SettingsTable, CopyingASettingCopiesThatOneAlone) {
  const Settings changed = all_changed();
  for (const SettingRow& copied : settings_table()) {
    Settings to;
    kind::copy(copied.kind, changed, to);
    for (const SettingRow& row : settings_table()) {
      const bool same = row.variable != copied.variable;
      EXPECT_EQ(kind::show(row.kind, to), kind::show(row.kind, same ? Settings{} : changed))
          << row.variable << " when " << copied.variable << " was copied";
    }
  }
}

}  // namespace
}  // namespace zomg::monitor
