// Who is not authorized costs the monitor no arithmetic, whatever key or certificate they come with.
// Counted in CPU time, of which a busy machine takes nothing.

#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <vector>

#include "tests/unit/monitor/login/user_authenticator_fixture.h"

namespace zomg::monitor {
namespace {

constexpr int kRounds = 31;

double cpu_milliseconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

struct Kind {
  const char* type;
  unsigned bits;
};

class StrangersCostTest : public UserAuthenticatorTest, public testing::WithParamInterface<Kind> {
 protected:
  TestKey key_{GetParam().type, GetParam().bits};
  TestKey authority_{GetParam().type, GetParam().bits};
  AuthorizedKeys known_keys_;
  UserAuthenticator knowing_{known_keys_, no_revoked_, host_key_};

  double median_cost(const UserAuthenticator& authenticator, const messages::VerifyUser& message,
                     bool in) {
    std::vector<double> costs;
    for (int round = 0; round < kRounds; ++round) {
      const double begin = cpu_milliseconds();
      const bool answer = authenticator.verify(message, session_id_, kAddress, kNow).has_value();
      costs.push_back(cpu_milliseconds() - begin);
      EXPECT_EQ(answer, in);
    }
    std::nth_element(costs.begin(), costs.begin() + kRounds / 2, costs.end());
    return costs[kRounds / 2];
  }
  /// That who is known has their signatures verified shows what a verification takes.
  void expect_cheap(const messages::VerifyUser& message) {
    const double user = median_cost(knowing_, message, true);
    EXPECT_LT(median_cost(authenticator_, message, false), 0.5 * user) << "not authorized";
    for (const auto finding :
         {messages::SignatureFinding::kUserFalse, messages::SignatureFinding::kAuthorityFalse}) {
      auto found = message;
      found.finding = finding;
      EXPECT_LT(median_cost(knowing_, found, false), 0.5 * user) << "found to be false";
    }
  }
};

TEST_P(StrangersCostTest, AKeyWithAGoodSignature) {
  EXPECT_TRUE(known_keys_.add(key_.line(), "file").empty());
  expect_cheap(request(plain_algorithm(key_), key_.blob(), key_));
}

TEST_P(StrangersCostTest, ACertificateWithGoodSignatures) {
  EXPECT_TRUE(known_keys_.add("cert-authority " + authority_.line(), "file").empty());
  expect_cheap(request(certified_algorithm(key_), certificate_.blob(key_, authority_), key_));
}

INSTANTIATE_TEST_SUITE_P(EveryKind, StrangersCostTest,
                         testing::Values(Kind{"ssh-ed25519", 0}, Kind{"ecdsa-sha2-nistp256", 0},
                                         Kind{"ecdsa-sha2-nistp384", 0},
                                         Kind{"ecdsa-sha2-nistp521", 0}, Kind{"ssh-rsa", 2048},
                                         Kind{"ssh-rsa", 4096},
                                         Kind{"sk-ssh-ed25519@openssh.com", 0},
                                         Kind{"sk-ecdsa-sha2-nistp256@openssh.com", 0}));

}  // namespace
}  // namespace zomg::monitor
