#pragma once

#include <string>
#include <string_view>

#include "common/result.h"

/// What the table of settings says, in the three forms in which it is read.
namespace zomg::monitor::manual {

/// For `--help`.
std::string help_text();
/// A table for README.md.
std::string markdown_table();
/// A tagged list for a manual page, in man(7).
std::string manual_page_list();

/// `document` with everything between the line that has `begin generated: settings` in it and the
/// one with `end generated` put right: a table, or where the document is a manual page a list.
common::Result<std::string> with_settings(std::string_view document, bool manual_page);

}  // namespace zomg::monitor::manual
