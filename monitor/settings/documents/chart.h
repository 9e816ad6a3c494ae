#pragma once

#include <string>

/// What the table of settings says to Helm. Not in the gateway: only zomg-settings-manual has it.
namespace zomg::monitor::chart {

/// A table of the chart's values, for its README.md.
std::string values_table();
/// The properties of `settings` in the chart's values.schema.json.
std::string schema_properties();

}  // namespace zomg::monitor::chart
