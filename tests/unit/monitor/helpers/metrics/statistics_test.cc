#include "monitor/helpers/metrics/statistics.h"

#include <gtest/gtest.h>

namespace zomg::metrics {
namespace {

class StatisticsTest : public testing::Test {
 protected:
  template <ipc::Message M>
  void tell(const M& message) {
    ipc::Packet packet;
    packet.bytes = *ipc::encode(message);
    ASSERT_TRUE(statistics_.handle(packet, now_));
  }
  /// Whether a line of the metrics is `line`.
  bool has(const std::string& line) const {
    const std::string text = statistics_.text(Format::kPrometheus, now_, 2'000'000);
    return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
  }

  Statistics statistics_{"1.2.3"};
  Health::Clock::time_point now_{std::chrono::hours(1)};
};

TEST_F(StatisticsTest, CountsLoginsByResultAndSource) {
  messages::AuthenticationAccepted accepted;
  for (const char* source : {"GitHub user alice", "ZOMG_SSH_AUTHORIZED_KEYS line 3",
                             "/etc/keys line 1", "GitHub user bob"}) {
    accepted.key_source = std::string_view(source);
    tell(accepted);
  }
  tell(messages::AuthenticationRefused{});
  EXPECT_TRUE(has(R"(zomg_ssh_authentications_total{result="accepted",source="github"} 2)"));
  EXPECT_TRUE(has(R"(zomg_ssh_authentications_total{result="accepted",source="setting"} 1)"));
  EXPECT_TRUE(has(R"(zomg_ssh_authentications_total{result="accepted",source="file"} 1)"));
  EXPECT_TRUE(has(R"(zomg_ssh_authentications_total{result="refused",source="none"} 1)"));
}

TEST_F(StatisticsTest, CountsSessionsAndTheirEnds) {
  messages::SessionStarted started;
  started.kind = messages::SessionKind::kSftp;
  tell(started);
  started.path = messages::BoxPath::kKubectl;
  started.fallback = messages::FallbackReason::kCriFailed;
  tell(started);
  messages::SessionEnded ended;
  ended.ending = messages::SessionEnding::kFailed;
  ended.code = static_cast<std::uint32_t>(common::Failure::kBoxStopped);
  ended.bytes_from_client = 3;
  ended.bytes_to_client = 5;
  ended.duration_us = 700'000;
  tell(ended);
  EXPECT_TRUE(has(R"(zomg_ssh_sessions_total{kind="sftp",path="cri"} 1)"));
  EXPECT_TRUE(has(R"(zomg_ssh_sessions_total{kind="sftp",path="kubectl"} 1)"));
  EXPECT_TRUE(has(R"(zomg_ssh_fallbacks_total{reason="cri_failed"} 1)"));
  EXPECT_TRUE(has(R"(zomg_ssh_sessions_ended_total{ending="failed"} 1)"));
  EXPECT_TRUE(has(R"(zomg_ssh_sessions_failed_total{reason="box_stopped"} 1)"));
  EXPECT_TRUE(has(R"(zomg_ssh_session_bytes_total{direction="to_client"} 5)"));
  EXPECT_TRUE(has(R"(zomg_ssh_session_duration_seconds_bucket{le="1"} 1)"));
}

TEST_F(StatisticsTest, CountsWhatSftpDoes) {
  messages::SftpOperation operation;
  operation.report.action = messages::SftpAction::kRename;
  operation.report.succeeded = true;
  tell(operation);
  operation.report.succeeded = false;
  tell(operation);
  tell(operation);
  EXPECT_TRUE(has(R"(zomg_ssh_sftp_operations_total{operation="rename",result="succeeded"} 1)"));
  EXPECT_TRUE(has(R"(zomg_ssh_sftp_operations_total{operation="rename",result="failed"} 2)"));
  operation.report.unanswered = true;
  tell(operation);
  EXPECT_TRUE(has(R"(zomg_ssh_sftp_operations_total{operation="rename",result="unanswered"} 1)"));
}

TEST_F(StatisticsTest, ACodeThatNobodyKnowsIsNoNewLabel) {
  messages::SessionEnded ended;
  ended.ending = messages::SessionEnding::kFailed;
  ended.code = 123456;
  tell(ended);
  EXPECT_TRUE(has(R"(zomg_ssh_sessions_failed_total{reason="gateway_failed"} 1)"));
}

TEST_F(StatisticsTest, CountsRefusalsWithThoseThatWereNotTold) {
  messages::ConnectionRefused refused;
  refused.reason = messages::ConnectionRefusal::kPenalty;
  refused.untold = 41;
  tell(refused);
  tell(messages::Reported{{}, messages::Event::kForwardingRefused});
  EXPECT_TRUE(has(R"(zomg_ssh_connections_refused_total{reason="penalty"} 42)"));
  EXPECT_TRUE(has(R"(zomg_ssh_requests_refused_total{reason="forwarding"} 1)"));
  tell(messages::ContractBroken{});
  tell(messages::LoginRevoked{});
  EXPECT_TRUE(has("zomg_ssh_contracts_broken_total 1"));
  EXPECT_TRUE(has("zomg_ssh_logins_revoked_total 1"));
}

TEST_F(StatisticsTest, TellsTheAgeOfKeys) {
  messages::KeySources sources;
  sources.sources.value = {{messages::KeySourceKind::kFile, {}, 1, 0, false},
                           {messages::KeySourceKind::kGithub, {}, 2, 500'000, false},
                           {messages::KeySourceKind::kGithub, std::string_view("bob"), 0, 0, true}};
  tell(sources);
  EXPECT_TRUE(has(R"(zomg_ssh_keys{source="file",number="",user=""} 1)"));
  EXPECT_TRUE(has(R"(zomg_ssh_key_age_seconds{source="github",number="1",user=""} 1.5)"));
  EXPECT_TRUE(has(R"(zomg_ssh_keys{source="github",number="2",user="bob"} 0)"));
  EXPECT_TRUE(has(R"(zomg_ssh_key_source_failing{source="github",number="2",user="bob"} 1)"));
  EXPECT_EQ(statistics_.text(Format::kPrometheus, now_, 0)
                .find(R"(age_seconds{source="github",number="2")"),
            std::string::npos);
}

TEST_F(StatisticsTest, TellsWhatTheMonitorSaid) {
  messages::GatewayState state;
  state.sessions = 4;
  state.helpers.listener = true;
  state.limits.startups_full = 100;
  tell(state);
  EXPECT_TRUE(has(R"(zomg_ssh_processes{program="session"} 4)"));
  EXPECT_TRUE(has(R"(zomg_ssh_processes{program="listener"} 1)"));
  EXPECT_TRUE(has(R"(zomg_ssh_limit{limit="max_startups_full"} 100)"));
  EXPECT_TRUE(has(R"(zomg_ssh_ready 0)")) << "nobody could log in";
}

TEST_F(StatisticsTest, ClientsCannotMakeLabels) {
  messages::LookupEnded lookup;
  messages::AuthenticationRefused refused;
  for (int i = 0; i < 100; ++i) {
    lookup.login_name = std::string_view("client-says-" + std::to_string(i));
    refused.login_name = lookup.login_name;
    tell(lookup);
    tell(refused);
  }
  EXPECT_EQ(statistics_.text(Format::kOpenMetrics, now_, 0).find("client-says"), std::string::npos);
  EXPECT_TRUE(has(R"(zomg_ssh_lookups_total{result="found",path="cri"} 100)"));
}

TEST_F(StatisticsTest, RefusesWhatIsNoEvent) {
  ipc::Packet packet;
  packet.bytes = *ipc::encode(messages::ObserverSettings{});
  EXPECT_FALSE(statistics_.handle(packet, now_));
  packet.bytes = "x";
  EXPECT_FALSE(statistics_.handle(packet, now_));
}

}  // namespace
}  // namespace zomg::metrics
