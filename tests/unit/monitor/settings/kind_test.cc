#include "monitor/settings/kind.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "monitor/settings/table.h"

namespace zomg::monitor {
namespace {

using namespace std::chrono_literals;

TEST(SettingsTable, EveryDefaultIsAValueThatItsRowAccepts) {
  for (const SettingRow& row : settings_table()) {
    const std::string text = kind::show(row.kind, Settings{});
    if (text.empty()) continue;
    Settings settings;
    const auto set = kind::set(row.kind, settings, text);
    ASSERT_TRUE(set) << row.variable << ": " << set.error().message;
    EXPECT_EQ(kind::show(row.kind, settings), text) << row.variable;
  }
}

TEST(SettingsTable, EveryRowIsNamedAndExplained) {
  for (const SettingRow& row : settings_table()) {
    EXPECT_TRUE(row.variable.starts_with("ZOMG_SSH_")) << row.variable;
    EXPECT_TRUE(row.help.ends_with(".")) << row.variable;
    EXPECT_FALSE(kind::describe(row.kind).empty()) << row.variable;
    EXPECT_EQ(row.help.find('\n'), std::string_view::npos) << row.variable;
  }
}

TEST(SettingsTable, NamesNoSettingTwice) {
  std::vector<std::string> keys;
  for (const SettingRow& row : settings_table()) keys.push_back(yaml_key(row));
  std::sort(keys.begin(), keys.end());
  EXPECT_EQ(std::adjacent_find(keys.begin(), keys.end()), keys.end());
}

TEST(SettingKind, KeepsTheOldValueWhenTheNewOneIsRefused) {
  constexpr kind::Duration kDrain{&Settings::drain_time, 1s, 60s};
  Settings settings;
  settings.drain_time = 30s;
  EXPECT_FALSE(kind::set(kDrain, settings, "2m"));
  EXPECT_EQ(settings.drain_time, 30s);
  EXPECT_TRUE(kind::set(kDrain, settings, "1m"));
  EXPECT_EQ(settings.drain_time, 60s);
}

TEST(SettingKind, DescribesItsRange) {
  EXPECT_EQ(kind::describe(kind::Duration{&Settings::drain_time, 0s, 7 * 24h}), "a time, 0 to 1w");
}

}  // namespace
}  // namespace zomg::monitor
