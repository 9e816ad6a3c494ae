// The first process of a box changes at every step of the entry.

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

#include "race/race.h"

namespace zomg::race {
namespace {

/// All numbers of a list, `base` as in the kernel's text.
std::uint64_t number(const std::string& text, int base) {
  return std::strtoull(text.c_str(), nullptr, base);
}

struct Case {
  const char* name;
  Change change;
  BoxOptions options;
};

void PrintTo(const Case& which, std::ostream* out) {
  *out << which.name;
}

/// Nothing where the session has no more than the box had before it changed.
std::string excess(const Session& session, const Session& box, const BoxOptions& options) {
  for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"}) {
    const std::uint64_t has = number(session.status.at(set), 16);
    if ((has & ~options.capabilities) != 0) return fmt::format("{} {:x}", set, has);
  }
  for (const auto& [kind, own] : session.namespaces) {
    if (own != box.namespaces.at(kind)) {
      return fmt::format("ns/{} {}, not {}", kind, own, box.namespaces.at(kind));
    }
  }
  if (session.cgroups != box.cgroups) return session.cgroups;
  return {};
}

class EntryRace : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  }

  /// How many steps each process does where nothing changes.
  static std::map<int, int> count_steps(const BoxOptions& options) {
    const RacedBox box(options);
    const Outcome outcome = enter(box, options, [](Step, long) {});
    EXPECT_TRUE(outcome.session) << sentence(outcome.failure) << "\n" << outcome.log;
    return outcome.calls;
  }
};

TEST_P(EntryRace, GivesNoMoreThanTheBoxHad) {
  const Case& which = GetParam();
  const auto steps = count_steps(which.options);
  std::map<std::string, int> outcomes;
  for (const auto& [process, calls] : steps) {
    for (int call = 0; call < calls; ++call) {
      RacedBox box(which.options);
      const Session before = look_at(box.pid());
      long at = -1;
      const Outcome outcome = enter(box, which.options, [&](Step step, long number) {
        if (step != Step{process, call}) return;
        at = number;
        EXPECT_TRUE(box.change(which.change));
      });
      const std::string where =
          fmt::format("process {}, call {} (system call {})", process, call, at);
      if (outcome.session) {
        ++outcomes["entered"];
        EXPECT_EQ(excess(*outcome.session, before, which.options), "") << where;
      } else {
        ++outcomes[sentence(outcome.failure) ];
        EXPECT_NE(outcome.failure, common::Failure::kNone) << where << "\n" << outcome.log;
      }
    }
  }
  for (const auto& [what, count] : outcomes) fmt::print("{:5} {}\n", count, what);
}

INSTANTIATE_TEST_SUITE_P(
    All, EntryRace,
    testing::Values(Case{"UserNamespace", Change::kUserNamespace, {}},
                    Case{"MappedUserNamespace", Change::kMappedUserNamespace, {}}),
    [](const testing::TestParamInfo<Case>& chosen) { return chosen.param.name; });

}  // namespace
}  // namespace zomg::race
