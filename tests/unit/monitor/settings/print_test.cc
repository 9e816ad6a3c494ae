#include "monitor/settings/print.h"

#include <gtest/gtest.h>

#include "monitor/helpers/settings_reader/yaml_mapping.h"
#include "monitor/settings/table.h"

namespace zomg::monitor {
namespace {

SettingsReport report_with(const Settings& settings) {
  SettingsReport report;
  report.settings = settings;
  report.origins.resize(settings_table().size());
  return report;
}

TEST(PrintedSettings, AreASettingsFileThatSaysTheSameAgain) {
  Settings settings;
  settings.chroot_directory = "/a \"b\" \\ # c: d";
  settings.listen = {{"127.0.0.1", 22}, {"::1", 2222}};
  const std::string text = print_settings(report_with(settings));
  const auto again = examine_settings(
      [](const std::string& name) -> std::optional<std::string> {
        return name == "ZOMG_SSH_CONFIG" ? std::optional<std::string>("printed") : std::nullopt;
      },
      [&](const std::string&) -> common::Result<messages::SettingsFile> {
        return settings_reader::read_yaml_mapping(text);
      });
  EXPECT_TRUE(again.problems.empty()) << again.problems.front().message << "\n" << text;
  for (const SettingRow& row : settings_table()) {
    EXPECT_EQ(kind::show(row.kind, again.settings), kind::show(row.kind, settings)) << row.variable;
  }
}

TEST(PrintedSettings, HideWhatIsSecret) {
  Settings settings;
  settings.authorized_keys = "environment=\"TOKEN=xyzzy\" ssh-ed25519 AAAA";
  const std::string text = print_settings(report_with(settings));
  EXPECT_EQ(text.find("xyzzy"), std::string::npos) << text;
  EXPECT_NE(text.find("# authorized_keys is hidden: 42 bytes"), std::string::npos) << text;
}

TEST(PrintedSettings, SayWhereEachCameFrom) {
  SettingsReport report = report_with({});
  const auto table = settings_table();
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (table[i].variable == "ZOMG_SSH_CHROOT") report.origins[i] = {Origin::Source::kFile, 7};
    if (table[i].variable == "ZOMG_SSH_LISTEN") {
      report.origins[i] = {Origin::Source::kEnvironment, 0};
    }
  }
  const std::string text = print_settings(report);
  EXPECT_NE(text.find("chroot: \"/volumes\"  # file, line 7\n"), std::string::npos) << text;
  EXPECT_NE(text.find("listen: \"[::]:2222\"  # ZOMG_SSH_LISTEN\n"), std::string::npos) << text;
  EXPECT_NE(text.find("log_level: \"info\"  # default\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace zomg::monitor
