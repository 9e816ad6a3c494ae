#include "monitor/boxes/session_record.h"

#include <gtest/gtest.h>

namespace zomg::monitor {
namespace {

using messages::SessionEnding;

/// A journal with one observer, which is played here.
class SessionRecordTest : public testing::Test {
 protected:
  SessionRecordTest() : SessionRecordTest(common::make_packet_socketpair()) {}

  template <ipc::Message M>
  M next() {
    auto packet = observer_.receive();
    auto event = packet ? ipc::decode<M>(*packet) : common::Result<M>(packet.error());
    EXPECT_TRUE(event.has_value());
    return event ? std::move(*event) : M{};
  }
  bool silent() const { return !observer_.receive(); }
  std::unique_ptr<SessionRecord> started() {
    auto record = std::make_unique<SessionRecord>(journal_, 4, 2, refusals_);
    record->start(messages::SessionPlan{}, messages::BoxPath::kCri);
    next<messages::SessionStarted>();
    return record;
  }

  EventLoop loop_;
  ipc::Channel monitor_;
  ipc::Channel observer_;
  Journal journal_{loop_};
  RefusedSessions refused_{loop_, journal_};
  std::shared_ptr<RefusedSessions::Teller> refusals_ =
      std::make_shared<RefusedSessions::Teller>(refused_, "key", 4);

 private:
  explicit SessionRecordTest(common::Result<common::FdPair> ends)
      : monitor_(std::move(ends->first)), observer_(std::move(ends->second)) {
    for (const int fd : {monitor_.fd(), observer_.fd()}) {
      EXPECT_TRUE(common::set_nonblocking(fd, true));
    }
    journal_.add_observer(monitor_);
  }
};

TEST_F(SessionRecordTest, TellsOfTheStartWithACommandThatIsCut) {
  messages::SessionPlan plan;
  plan.kind = messages::SessionKind::kExec;
  plan.command.value = std::string(100'000, 'x');
  plan.terminal = true;
  SessionRecord record(journal_, 4, 2, refusals_);
  record.start(plan, messages::BoxPath::kKubectl, messages::FallbackReason::kCriFailed);
  const auto event = next<messages::SessionStarted>();
  EXPECT_EQ(event.stamp.connection, 4U);
  EXPECT_EQ(event.session, 2U);
  EXPECT_EQ(event.command.value, std::string(limits::kMaxEventCommandBytes, 'x'));
  EXPECT_EQ(event.command_bytes, 100'000U);
  EXPECT_TRUE(event.terminal);
  EXPECT_EQ(event.path, messages::BoxPath::kKubectl);
  EXPECT_EQ(event.fallback, messages::FallbackReason::kCriFailed);
}

TEST_F(SessionRecordTest, TellsTheEndWithAllThatIsKnown) {
  auto record = started();
  record->set_ending(*ipc::encode(messages::SessionExited{42}));
  record->set_traffic({2, 10, 20});
  EXPECT_TRUE(silent());
  record.reset();
  const auto event = next<messages::SessionEnded>();
  EXPECT_EQ(event.ending, SessionEnding::kExited);
  EXPECT_EQ(event.code, 42U);
  EXPECT_TRUE(event.bytes_known);
  EXPECT_EQ(event.bytes_from_client, 10U);
  EXPECT_EQ(event.bytes_to_client, 20U);
}

TEST_F(SessionRecordTest, TellsSignalsAndFailures) {
  auto record = started();
  record->set_ending(*ipc::encode(messages::SessionSignaled{9, false}));
  record.reset();
  EXPECT_EQ(next<messages::SessionEnded>().ending, SessionEnding::kSignaled);
  record = started();
  record->set_ending(*ipc::encode(messages::SessionFailed{common::Failure::kNoShell}));
  record.reset();
  EXPECT_EQ(next<messages::SessionEnded>().code,
            static_cast<std::uint32_t>(common::Failure::kNoShell));
}

TEST_F(SessionRecordTest, ALastWordThatIsNoneLeavesTheEndUnknown) {
  for (const std::string& word :
       {std::string(), std::string("\1\2\3"), *ipc::encode(messages::SessionGo{})}) {
    auto record = started();
    record->set_ending(word);
    record.reset();
    EXPECT_EQ(next<messages::SessionEnded>().ending, SessionEnding::kUnknown);
  }
}

TEST_F(SessionRecordTest, AProcessThatDiedWithoutAWordEndedTheSession) {
  auto record = started();
  record->set_process_end({.signal = 9});
  record.reset();
  auto event = next<messages::SessionEnded>();
  EXPECT_EQ(event.ending, SessionEnding::kProcessKilled);
  EXPECT_EQ(event.code, 9U);
  record = started();
  record->set_process_end({.exit_code = 3});
  record.reset();
  event = next<messages::SessionEnded>();
  EXPECT_EQ(event.ending, SessionEnding::kProcessExited);
  EXPECT_EQ(event.code, 3U);
  record = started();
  record->set_process_end({});
  record.reset();
  EXPECT_EQ(next<messages::SessionEnded>().ending, SessionEnding::kUnknown);
}

TEST_F(SessionRecordTest, HowItsProcessEndsDoesNotChangeWhatItSaid) {
  auto record = started();
  record->set_ending(*ipc::encode(messages::SessionExited{42}));
  record->set_process_end({.signal = 9});
  record.reset();
  EXPECT_EQ(next<messages::SessionEnded>().ending, SessionEnding::kExited);
}

TEST_F(SessionRecordTest, OneThatGoesOnHasNoEnd) {
  auto record = started();
  record->let_go();
  record->set_traffic({2, 10, 20});
  record.reset();
  EXPECT_TRUE(silent());
}

TEST_F(SessionRecordTest, OneThatIsLetGoAfterItsLastWordHasEnded) {
  auto record = started();
  record->set_ending(*ipc::encode(messages::SessionExited{42}));
  record->let_go();
  record.reset();
  EXPECT_EQ(next<messages::SessionEnded>().code, 42U);
}

TEST_F(SessionRecordTest, OneThatWasRefusedHasNoEnd) {
  {
    SessionRecord record(journal_, 4, 2, refusals_);
    record.refuse(common::Failure::kNoSuchBox);
  }
  EXPECT_EQ(next<messages::SessionRefused>().failure, common::Failure::kNoSuchBox);
  EXPECT_TRUE(silent());
}

TEST_F(SessionRecordTest, OneThatIsLetGoBeforeItStartsIsRefused) {
  SessionRecord(journal_, 4, 2, refusals_);
  const auto event = next<messages::SessionRefused>();
  EXPECT_EQ(event.session, 2U);
  EXPECT_EQ(event.failure, common::Failure::kConnectionEnded);
  EXPECT_TRUE(silent());
}

TEST_F(SessionRecordTest, OneThatStartedNeedsNobodyWhoTellsOfRefusedOnes) {
  const auto record = started();
  EXPECT_EQ(refusals_.use_count(), 1);
}

TEST_F(SessionRecordTest, EventsAreNumberedWithoutAGap) {
  started().reset();
  EXPECT_EQ(next<messages::SessionEnded>().stamp.number, 2U);
  started().reset();
  EXPECT_EQ(next<messages::SessionEnded>().stamp.number, 4U);
}

}  // namespace
}  // namespace zomg::monitor
