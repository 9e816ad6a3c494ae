#include "monitor/connections/admission.h"

#include <gtest/gtest.h>

namespace zomg::monitor {
namespace {

using messages::ConnectionRefusal;

class AdmissionTest : public testing::Test {
 protected:
  AdmissionTest() {
    settings_.net_block_size = {24, 64};
    settings_.penalty_exempt = {"198.51.100.0/24"};
    settings_.proxy_protocol_from = {"10.0.0.0/8", "fd00::/8"};
    settings_.per_source_max_startups = 2;
  }
  Admission& admission() {
    if (!admission_) admission_.emplace(settings_, capacity_of(settings_, {}));
    return *admission_;
  }
  bool serves(std::string_view address) { return !admission().admit(address).refusal; }

  Settings settings_;
  std::optional<Admission> admission_;
};

TEST_F(AdmissionTest, APenaltyIsForTheWholeBlockAndNoOther) {
  admission().penalise("192.0.2.1", Offence::kCrash);
  EXPECT_EQ(admission().admit("192.0.2.200").refusal, ConnectionRefusal::kPenalty);
  EXPECT_TRUE(serves("192.0.3.1"));
  admission().penalise("2001:db8::1", Offence::kCrash);
  EXPECT_FALSE(serves("2001:db8::ffff:1"));
  EXPECT_TRUE(serves("2001:db8:0:1::1"));
}

TEST_F(AdmissionTest, ALinkLocalAddressIsASourceWhateverItsZone) {
  admission().penalise("fe80::1%2", Offence::kCrash);
  EXPECT_FALSE(serves("fe80::1%3"));
}

TEST_F(AdmissionTest, WhoIsExemptGetsNone) {
  admission().penalise("198.51.100.7", Offence::kCrash);
  EXPECT_TRUE(serves("198.51.100.7"));
}

TEST_F(AdmissionTest, AProxyIsKnownAndNothingIsHeldAgainstIt) {
  EXPECT_TRUE(admission().is_proxy("10.1.2.3"));
  EXPECT_TRUE(admission().is_proxy("fd00::1"));
  EXPECT_FALSE(admission().is_proxy("11.0.0.1"));
  admission().penalise("10.1.2.3", Offence::kCrash);
  std::vector<Admission::Verdict> many;
  for (int i = 0; i < 5; ++i) {
    many.push_back(admission().admit("10.1.2.3"));
    EXPECT_FALSE(many.back().refusal);
  }
}

TEST_F(AdmissionTest, AClientBehindAProxyIsJudgedByItsOwnAddress) {
  admission().penalise("192.0.2.1", Offence::kCrash);
  auto bad = admission().admit("10.1.2.3");
  EXPECT_EQ(admission().admit_behind_proxy("192.0.2.1", bad.place), ConnectionRefusal::kPenalty);
  std::vector<Admission::Verdict> many;
  for (int i = 0; i < 2; ++i) {
    many.push_back(admission().admit("10.1.2.3"));
    EXPECT_FALSE(admission().admit_behind_proxy("203.0.113.1", many.back().place));
  }
  auto third = admission().admit("10.1.2.3");
  EXPECT_EQ(admission().admit_behind_proxy("203.0.113.9", third.place),
            ConnectionRefusal::kPerSourceMaxStartups);
}

}  // namespace
}  // namespace zomg::monitor
