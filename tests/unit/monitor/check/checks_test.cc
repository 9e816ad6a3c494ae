#include "monitor/check/checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "monitor/settings/table.h"

namespace zomg::monitor::check {
namespace {

using State = Finding::State;
using testing::HasSubstr;

SettingsReport empty_report() {
  SettingsReport report;
  report.origins.resize(settings_table().size());
  return report;
}

TEST(Findings, AreALineEachWithTheRemedyAtItsEnd) {
  Findings findings;
  findings.good("kernel");
  findings.warning("keys", "one is odd", "Look at it");
  findings.bad("host key", "not\nthere", "Make one");
  EXPECT_EQ(findings.report(),
            "ok       kernel\n"
            "warning  keys: one is odd. Look at it\n"
            "BAD      host key: not\\x0athere. Make one\n");
  EXPECT_TRUE(findings.any_bad());
}

TEST(Findings, AWarningIsNotBad) {
  Findings findings;
  findings.warning("keys", "one is odd", "Look at it");
  EXPECT_FALSE(findings.any_bad());
}

TEST(CheckedSettings, NameEveryProblem) {
  SettingsReport report = empty_report();
  report.problems = {common::error("first"), common::error("second")};
  Findings findings;
  check_settings(report, {}, findings);
  ASSERT_EQ(findings.all().size(), 2);
  EXPECT_EQ(findings.all()[1].text, "second");
  EXPECT_TRUE(findings.any_bad());
}

TEST(CheckedSettings, WarnOfAMisspeltVariableAndNotOfKubernetesOwn) {
  Findings findings;
  check_settings(empty_report(),
                 {"PATH", "ZOMG_SSH_LISTEN", "ZOMG_SSH_CONFIG", "ZOMG_SSH_LISTN",
                  "ZOMG_SSH_GATEWAY_SERVICE_HOST"},
                 findings);
  ASSERT_EQ(findings.all().size(), 2);
  EXPECT_EQ(findings.all()[0].state, State::kWarning);
  EXPECT_EQ(findings.all()[0].remedy, "Did you mean ZOMG_SSH_LISTEN?");
  EXPECT_EQ(findings.all()[1].state, State::kGood);
}

TEST(CheckedCapacity, WarnsWhereOneKeyLocksAllOthersOut) {
  Findings defaults;
  check_capacity(capacity_of(Settings(), {}), defaults);
  EXPECT_EQ(defaults.all().size(), 1);
  Settings settings;
  settings.max_connections_per_key = settings.max_connections_per_user;
  Findings findings;
  check_capacity(capacity_of(settings, {}), findings);
  ASSERT_EQ(findings.all().size(), 3);
  EXPECT_EQ(findings.all()[0].state, State::kWarning);
  EXPECT_EQ(findings.all()[0].text, "one key can have all connections of a login name");
  EXPECT_EQ(findings.all()[1].text, "one key can have all sessions of a box");
  settings = {};
  settings.max_connections = 60;
  Findings few;
  check_capacity(capacity_of(settings, {}), few);
  ASSERT_EQ(few.all().size(), 2);
  EXPECT_EQ(few.all()[0].text, "one key can have 40 of 60 connections");
}

TEST(CheckedCapacity, IsWhatResourceLimitsLeave) {
  ResourceLimits limits;
  limits.connections = 17;
  Findings findings;
  check_capacity(capacity_of(Settings(), limits), findings);
  ASSERT_EQ(findings.all().size(), 1);
  EXPECT_EQ(findings.all()[0].text,
            "17 connections, 6 of one key, 13 of one login name; 34 sessions, 12 of one key, 26 in "
            "one box");
}

TEST(RefusedCalls, AreNamedOnceEachWithTheirPrograms) {
  Findings findings;
  report_refused_calls(
      "2026-11-28T11:00:00.000Z info zomg-ssh-resolver[7]: it runs\n"
      "2026-11-28T11:00:00.000Z warning zomg-ssh-resolver[7]: sandbox: refused the system call "
      "statx(0x0, 0x1, 0x2)\n"
      "2026-11-28T11:00:00.000Z warning zomg-ssh-resolver[8]: sandbox: refused the system call "
      "statx(0x0, 0x1, 0x2), for the time 1000\n"
      "2026-11-28T11:00:00.000Z warning zomg-ssh-keyring[9]: sandbox: refused the system call "
      "statx(0x0, 0x1, 0x2)\n",
      findings);
  ASSERT_EQ(findings.all().size(), 2);
  EXPECT_EQ(findings.all()[0].state, State::kWarning);
  EXPECT_EQ(findings.all()[0].subject, "system call statx");
  EXPECT_THAT(findings.all()[0].text, HasSubstr("zomg-ssh-resolver"));
  EXPECT_THAT(findings.all()[1].text, HasSubstr("zomg-ssh-keyring"));
}

TEST(RefusedCalls, AreNotReadFromTheMiddleOfALine) {
  Findings findings;
  report_refused_calls(
      "2026-11-28T11:00:00.000Z warning zomg-ssh-kubernetes[7]: the server says \"x[1]: sandbox: "
      "refused the system call statx(0x0)\"\n"
      "warning [7]: sandbox: refused the system call",
      findings);
  EXPECT_TRUE(findings.all().empty());
}

messages::ClusterExamined all_granted() {
  using messages::Permission;
  return {
      200,  Permission::kGranted, Permission::kGranted, Permission::kGranted, Permission::kGranted,
      false};
}

TEST(CheckedCluster, HasALineForEachVerb) {
  Findings findings;
  report_cluster(all_granted(), {}, findings);
  EXPECT_EQ(findings.report(),
            "ok       Kubernetes API: it answers\n"
            "ok       Kubernetes API: list pods: in all namespaces\n"
            "ok       Kubernetes API: get pods: in all namespaces\n"
            "ok       Kubernetes API: create pods/exec: in all namespaces\n"
            "ok       Kubernetes API: get pods/exec: in all namespaces\n");
}

TEST(CheckedCluster, SaysWhatIsRefusedWhereAndWhatToDo) {
  auto examined = all_granted();
  examined.create_exec = messages::Permission::kRefused;
  examined.get_pods = messages::Permission::kUnknown;
  examined.get_exec = messages::Permission::kRefused;
  Settings settings;
  settings.kubernetes_namespace = "boxes";
  Findings findings;
  report_cluster(examined, settings, findings);
  ASSERT_EQ(findings.all().size(), 5);
  EXPECT_EQ(findings.all()[2].state, State::kWarning);
  EXPECT_EQ(findings.all()[3].state, State::kBad);
  EXPECT_THAT(findings.all()[3].text, HasSubstr("in namespace boxes"));
  EXPECT_THAT(findings.all()[3].remedy, HasSubstr("Grant it"));
  EXPECT_EQ(findings.all()[4].state, State::kWarning) << "an older kubectl works without";
}

TEST(CheckedCluster, SaysOneThingOfAServerThatDoesNotServeUs) {
  for (const std::uint32_t status : {0U, 401U, 404U, 503U}) {
    Findings findings;
    report_cluster({status, {}, {}, {}, {}, false}, {}, findings);
    ASSERT_EQ(findings.all().size(), 1) << status;
    EXPECT_EQ(findings.all()[0].state, State::kBad);
    EXPECT_FALSE(findings.all()[0].remedy.empty());
  }
}

TEST(CheckedKeys, SayWhatIsMissingAndHowToMakeIt) {
  Settings settings;
  settings.host_key_path = "/nonexistent/key";
  settings.authorized_keys = "no key\n";
  settings.authorized_keys_file = "/nonexistent/keys";
  Findings findings;
  check_keys(settings, findings);
  const std::string report = findings.report();
  EXPECT_THAT(report, HasSubstr("BAD      host key"));
  EXPECT_THAT(report, HasSubstr("--generate-host-key /nonexistent/key"));
  EXPECT_THAT(report, HasSubstr("ZOMG_SSH_AUTHORIZED_KEYS line 1 is skipped"));
  EXPECT_THAT(report, HasSubstr("BAD      keys: /nonexistent/keys"));
  EXPECT_THAT(report, HasSubstr("nobody could log in"));
}

TEST(CheckedSurroundings, SayThatTheRuntimeDoesNotAnswer) {
  Settings settings;
  settings.listen.clear();
  settings.cri_socket = "/nonexistent/socket";
  Findings findings;
  check_surroundings(settings, capacity_of(settings, {}), findings);
  EXPECT_THAT(findings.report(), HasSubstr("BAD      container runtime: /nonexistent/socket: No "
                                           "such file or directory. Start the container runtime"));
}

TEST(CheckedKernel, HasWhatThisMachineRunsTestsWith) {
  Findings findings;
  check_kernel(findings);
  EXPECT_FALSE(findings.any_bad()) << findings.report();
}

}  // namespace
}  // namespace zomg::monitor::check
