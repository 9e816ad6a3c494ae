#include "monitor/settings/documents/manual.h"

#include "monitor/settings/table.h"

namespace zomg::monitor::manual {
namespace {

using common::Result;

std::string replaced(std::string_view text, char from, std::string_view to) {
  std::string out;
  for (const char c : text) {
    if (c == from) {
      out += to;
    } else {
      out += c;
    }
  }
  return out;
}

/// man(7): a hyphen that is typed, not a dash, and no line that begins with a request.
std::string roff(std::string_view text) {
  return replaced(replaced(text, '\\', "\\e"), '-', "\\-");
}

std::string default_phrase(const SettingRow& row) {
  const std::string text = default_text(row);
  return text.empty() ? "not set" : text;
}

/// Values that are code, not words about them.
std::string markdown_default(const SettingRow& row) {
  const std::string text = default_text(row);
  return text.empty() || !row.default_note.empty() ? text : "`" + text + "`";
}

}  // namespace

std::string help_text() {
  std::string text;
  for (const SettingRow& row : settings_table()) {
    text += fmt::format("  {}\n      {}\n      {}; default: {}\n", row.variable, row.help,
                        kind::describe(row.kind), default_phrase(row));
  }
  return text;
}

std::string markdown_cells(const SettingRow& row) {
  return fmt::format("{} | {} | {}", replaced(kind::describe(row.kind), '|', "\\|"),
                     replaced(markdown_default(row), '|', "\\|"), replaced(row.help, '|', "\\|"));
}

std::string markdown_table() {
  std::string text = "| variable | values | default | meaning |\n|---|---|---|---|\n";
  for (const SettingRow& row : settings_table()) {
    text += fmt::format("| `{}` | {}{} |\n", row.variable, markdown_cells(row),
                        row.reloaded ? " *Reloaded.*" : "");
  }
  return text;
}

std::string manual_page_list() {
  std::string text;
  for (const SettingRow& row : settings_table()) {
    text += fmt::format(".TP\n.BR {} \" (\" {} )\n{}\nValues: {}.\nDefault: {}.\n",
                        roff(yaml_key(row)), roff(row.variable), roff(row.help),
                        roff(kind::describe(row.kind)), roff(default_phrase(row)));
    if (row.reloaded) text += "A change takes effect on reload.\n";
  }
  return text;
}

Result<std::string> with_settings(std::string_view document, std::string_view generated) {
  const std::size_t begin = document.find("begin generated: settings");
  if (begin == std::string_view::npos) return common::error("no line begins the settings");
  const std::size_t first = document.find('\n', begin);
  const std::size_t end = document.find("end generated", begin);
  if (end == std::string_view::npos) return common::error("no line ends the settings");
  const std::size_t last = document.rfind('\n', end);
  std::string text(document.substr(0, first + 1));
  text += generated;
  text += document.substr(last + 1);
  return text;
}

}  // namespace zomg::monitor::manual
