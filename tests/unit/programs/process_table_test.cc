// docs/design/processes.md against the rows of the programs: the page says what a row says, no more and no
// less. That the kernel says so too is for tests/e2e/gateway/test_process_table.py.

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "listener/connection/sandbox.h"
#include "listener/sandbox.h"
#include "monitor/helpers/audit/sandbox.h"
#include "monitor/helpers/file_reader/sandbox.h"
#include "monitor/helpers/keyring/sandbox.h"
#include "monitor/helpers/kubernetes/sandbox.h"
#include "monitor/helpers/log/sandbox.h"
#include "monitor/helpers/metrics/sandbox.h"
#include "monitor/helpers/recorder/sandbox.h"
#include "monitor/helpers/resolver/sandbox.h"
#include "monitor/helpers/settings_reader/sandbox.h"
#include "sessiond/kubectl/sandbox.h"

namespace zomg::program {
namespace {

/// In the tables, by their first cell.
const std::map<std::string, const Row*> kRows{
    {"log", &log_writer::kRow},          {"listener", &listener::kRow},
    {"connection", &connection::kRow},   {"resolver", &resolver::kRow},
    {"keyring", &keyring::kRow},         {"settings reader", &settings_reader::kRow},
    {"file reader", &file_reader::kRow}, {"audit", &audit::kRow},
    {"metrics", &metrics::kRow},         {"recorder", &recorder::kRow},
    {"kubernetes", &kubernetes::kRow},   {"kubectl session", &kubectl::kRow},
};
/// Those that have none: no program of ours, or none that is confined by one.
const std::vector<std::string> kWithoutARow{
    "supervisor",        "monitor",           "kubectl session, outside", "kubectl",
    "sessiond, forking", "sessiond, waiting", "sessiond, entering",       "sessiond, supervising",
    "user's program"};

using Cells = std::map<std::string, std::string>;

std::vector<std::string> split(const std::string& text, const std::string& by) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  for (std::size_t end = 0; (end = text.find(by, from)) != std::string::npos;) {
    parts.push_back(text.substr(from, end - from));
    from = end + by.size();
  }
  parts.push_back(text.substr(from));
  return parts;
}

/// Both tables as one: by process, its cells by their column.
std::map<std::string, Cells> read_tables() {
  std::map<std::string, Cells> found;
  std::vector<std::string> columns;
  std::ifstream page(ZOMG_PROCESS_TABLES);
  for (std::string line; std::getline(page, line);) {
    if (line.substr(0, 2) != "| ") {
      if (line.substr(0, 2) != "|-") columns.clear();
      continue;
    }
    const auto cells = split(line.substr(2, line.size() - 4), " | ");
    if (cells[0] == "process" && cells.size() > 3) {
      columns = cells;
      continue;
    }
    for (std::size_t i = 1; i < columns.size(); ++i) found[cells[0]][columns[i]] = cells[i];
  }
  return found;
}

/// As the tables have them.
std::string limits_of(const Row& row) {
  const std::map<int, std::string> names{{RLIMIT_NPROC, "NPROC"}, {RLIMIT_NOFILE, "NOFILE"},
                                         {RLIMIT_AS, "AS"},       {RLIMIT_DATA, "DATA"},
                                         {RLIMIT_FSIZE, "FSIZE"}, {RLIMIT_MEMLOCK, "MEMLOCK"}};
  constexpr rlim_t kMiB = 1024 * 1024;
  std::ostringstream text;
  for (const Limit& limit : row.limits) {
    text << names.at(limit.resource) << " ";
    const bool whole = limit.value != 0 && limit.value % kMiB == 0;
    text << (whole ? limit.value / kMiB : limit.value) << (whole ? " MiB, " : ", ");
  }
  text << "CORE 0";  // of all that have no privileges
  return text.str();
}

class ProcessTable : public testing::TestWithParam<std::string> {
 protected:
  const Row& row() { return *kRows.at(GetParam()); }
  const std::string& cell(const std::string& column) { return tables_.at(GetParam()).at(column); }

 private:
  std::map<std::string, Cells> tables_ = read_tables();
};

TEST(ProcessTables, HaveEachProgram) {
  for (const auto& [process, cells] : read_tables()) {
    const bool none =
        std::find(kWithoutARow.begin(), kWithoutARow.end(), process) != kWithoutARow.end();
    EXPECT_NE(kRows.contains(process), none) << process;
  }
  EXPECT_EQ(read_tables().size(), kRows.size() + kWithoutARow.size());
}

TEST_P(ProcessTable, HasItsLimits) {
  EXPECT_EQ(cell("limits"), limits_of(row()));
}

TEST_P(ProcessTable, HasItsNamespaces) {
  const bool none = row().network == Network::kNone;
  EXPECT_EQ(cell("network") == "own, empty", none);
  EXPECT_EQ(cell("pids") == "own", row().pids == Pids::kOwn);
  const bool own_root = row().root != Root::kInherited;
  EXPECT_EQ(cell("mounts") == "own", own_root);
  EXPECT_EQ(cell("IPC, UTS") == "own", own_root);
}

TEST_P(ProcessTable, HasItsRoot) {
  const std::string& root = cell("root");
  // A connection process inherits the listener's.
  const bool host = root == "gateway's" || GetParam() == "connection";
  EXPECT_EQ(row().root, host ? Root::kInherited : root == "empty" ? Root::kEmpty : Root::kOfPlace);
}

TEST_P(ProcessTable, HasItsUser) {
  const std::string& user = cell("user");
  const bool apart = user.find(", counted apart") != std::string::npos;
  // A connection process has its listener's.
  const bool own = user.substr(0, 3) == "own" && GetParam() != "connection";
  EXPECT_EQ(row().counted, own     ? Counted::kAsOwnUser
                           : apart ? Counted::kApart
                                   : Counted::kByAccount);
  EXPECT_EQ(row().user == User::kSame, user == "root" || GetParam() == "connection");
  EXPECT_EQ(row().user == User::kAccountIfRoot, user == "nobody");
}

TEST_P(ProcessTable, HasItsStandardDescriptors) {
  const auto kinds = split(cell("0, 1, 2"), ", ");
  ASSERT_EQ(kinds.size(), 3U);
  ASSERT_EQ(row().descriptors.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(row().descriptors[i].number, static_cast<int>(i));
    // What is null only now and then is looked at by no kind.
    if (i == 3 || row().descriptors[i].kind == Kind::kAny) continue;
    EXPECT_EQ(row().descriptors[i].kind == Kind::kNull, kinds[i] == "null") << i;
  }
}

std::vector<std::string> processes() {
  std::vector<std::string> names;
  for (const auto& [process, row] : kRows) names.push_back(process);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Of, ProcessTable, testing::ValuesIn(processes()), [](const auto& one) {
  std::string name = one.param;
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
});

}  // namespace
}  // namespace zomg::program
