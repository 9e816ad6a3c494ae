// zomg-settings-manual: writes what the table of settings says into docs/settings.md, the manual page, and the
// Helm chart's README.md and values.schema.json, below deploy/helm/
//
//   zomg-settings-manual [--check] docs/settings.md PAGE.5 CHART/README.md CHART/values.schema.json
//
// Run by a developer who changed the table, and with --check by a test, which then writes nothing
// and fails where a document is out of date. Not installed.

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string_view>

#include "monitor/settings/documents/chart.h"
#include "monitor/settings/documents/manual.h"

namespace {

using zomg::common::Result;
namespace chart = zomg::monitor::chart;
namespace manual = zomg::monitor::manual;

/// By the document's name.
std::string generated_for(std::string_view path) {
  if (path.ends_with(".json")) return chart::schema_properties();
  if (path.find("deploy/helm/") != path.npos) return "\n" + chart::values_table() + "\n";
  if (path.ends_with(".md")) return "\n" + manual::markdown_table() + "\n";
  return manual::manual_page_list();
}

Result<void> renew(const std::string& path, bool only_check) {
  std::ifstream file(path);
  const std::string before((std::istreambuf_iterator<char>(file)), {});
  if (!file) return zomg::common::error("cannot be read");
  auto after = manual::with_settings(before, generated_for(path));
  if (!after) return after.error();
  if (*after == before) return {};
  if (only_check) {
    return zomg::common::error(
        "does not say what monitor/settings/table.cc says; run `cmake --build BUILD --target "
        "manual` and commit the result");
  }
  std::ofstream out(path, std::ios::trunc);
  out << *after;
  out.close();
  if (!out) return zomg::common::error("cannot be written");
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  const bool only_check = argc > 1 && std::string_view(argv[1]) == "--check";
  int status = EXIT_SUCCESS;
  for (int i = only_check ? 2 : 1; i < argc; ++i) {
    if (auto renewed = renew(argv[i], only_check); !renewed) {
      std::fprintf(stderr, "%s: %s\n", argv[i], renewed.error().message.c_str());
      status = EXIT_FAILURE;
    }
  }
  return status;
}
