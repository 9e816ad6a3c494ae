#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"
#include "monitor/settings/table.h"

/// What the table of settings says, in the forms in which it is read.
namespace zomg::monitor::manual {

/// For `--help`.
std::string help_text();
/// A table for docs/settings.md.
std::string markdown_table();
/// A row of such a table, from the values on.
std::string markdown_cells(const SettingRow& row);
/// A tagged list for a manual page, in man(7).
std::string manual_page_list();

/// `document` with everything between the line that has `begin generated: settings` in it and the
/// one with `end generated` replaced.
common::Result<std::string> with_settings(std::string_view document, std::string_view generated);

}  // namespace zomg::monitor::manual
