#include "monitor/settings/documents/manual.h"

#include <gtest/gtest.h>

#include "monitor/settings/table.h"

namespace zomg::monitor::manual {
namespace {

TEST(Manual, EveryFormNamesEverySetting) {
  for (const SettingRow& row : settings_table()) {
    EXPECT_NE(help_text().find(row.variable), std::string::npos) << row.variable;
    EXPECT_NE(markdown_table().find("| `" + std::string(row.variable) + "` |"), std::string::npos)
        << row.variable;
    EXPECT_NE(manual_page_list().find(std::string(row.variable)), std::string::npos)
        << row.variable;
  }
}

TEST(Manual, ReplacesOnlyWhatIsBetweenTheMarks) {
  const auto text = with_settings(
      "before\n<!-- begin generated: settings -->\nold\n<!-- end generated -->\nafter\n", "new\n");
  ASSERT_TRUE(text);
  EXPECT_EQ(*text,
            "before\n<!-- begin generated: settings -->\nnew\n<!-- end generated -->\nafter\n");
  EXPECT_EQ(*with_settings(*text, "new\n"), *text);
}

TEST(Manual, RefusesADocumentWithoutMarks) {
  EXPECT_FALSE(with_settings("nothing here\n", ""));
  EXPECT_FALSE(with_settings("begin generated: settings\n", ""));
}

}  // namespace
}  // namespace zomg::monitor::manual
