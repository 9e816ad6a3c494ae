// Before a login, nothing that a client sees says which keys are authorized: neither the answers,
// nor when they come. Here also for a connection process that was taken over, which has the monitor
// verify what it knows to be false.

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>

#include "tests/unit/monitor/connections/connection_fixture.h"
#include "tests/unit/monitor/login/test_certificate.h"

namespace zomg::monitor {
namespace {

using std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

/// As many as it takes until the least times agree: a busy machine adds to the others as it likes.
constexpr int kMostRounds = 100;
/// What a verification takes, where nothing hides it, is far more.
constexpr double kNoise = 0.3;

class ProbingTest : public ConnectionTest, public testing::WithParamInterface<const char*> {
 protected:
  TestKey known_{GetParam()};
  TestKey unknown_{GetParam()};
  TestKey elsewhere_{GetParam()};  ///< authorized, but not for this box
  TestKey user_{GetParam()};

  /// A login with this key and a signature of the right form over something else.
  static messages::VerifyUser wrong(const std::string& algorithm, const std::string& blob,
                                    const TestKey& signer) {
    const std::string signature = signer.sign(plain_algorithm(signer), "something else");
    return {kUser, std::string_view(algorithm), std::string_view(blob), std::string_view(signature),
            false};
  }
  /// Expects all of them to be refused, as late as one another.
  void expect_equal_times(const std::string& lines,
                          const std::map<std::string, messages::VerifyUser>& requests) {
    Monitor monitor(key_, "", lines);
    monitor.run();
    std::map<std::string, double> least;
    const auto by_time = [](const auto& a, const auto& b) { return a.second < b.second; };
    double spread = 1;
    for (int round = 0; round < kMostRounds && spread >= kNoise; ++round) {
      const ipc::Channel channel = monitor.order_connect();
      ASSERT_TRUE(exchange_keys(channel));
      for (const auto& [name, request] : requests) {
        const auto begin = steady_clock::now();
        EXPECT_EQ(verify(channel, request), false) << name;
        const double taken = Milliseconds(steady_clock::now() - begin).count();
        least[name] = round == 0 ? taken : std::min(least[name], taken);
      }
      const auto [soonest, latest] = std::minmax_element(least.begin(), least.end(), by_time);
      spread = 1 - soonest->second / latest->second;
    }
    const auto [soonest, latest] = std::minmax_element(least.begin(), least.end(), by_time);
    EXPECT_LT(spread, kNoise) << soonest->first << " " << soonest->second << " ms, "
                              << latest->first << " " << latest->second;
  }
};

TEST_P(ProbingTest, AnUnknownKeyIsRefusedWhenAWrongSignatureIs) {
  const std::string algorithm = plain_algorithm(known_);
  auto honest = wrong(algorithm, known_.blob(), known_);
  honest.finding = messages::SignatureFinding::kUserFalse;
  expect_equal_times(known_.line() + "\nboxes=\"other--*\" " + elsewhere_.line(),
                     {{"known", wrong(algorithm, known_.blob(), known_)},
                      {"known, and said to be wrong", honest},
                      {"unknown", wrong(algorithm, unknown_.blob(), unknown_)},
                      {"elsewhere", wrong(algorithm, elsewhere_.blob(), elsewhere_)}});
}

TEST_P(ProbingTest, ACertificateOfAnUnknownAuthorityIsRefusedWhenAWrongSignatureIs) {
  const std::string algorithm = certificate_type(plain_algorithm(known_));
  const TestCertificate certificate;
  const std::string good = certificate.blob(user_, known_);
  std::string altered = good;
  altered[good.find(std::string(32, 'n'))] = 'm';
  expect_equal_times("cert-authority " + known_.line(),
                     {{"known", wrong(algorithm, good, user_)},
                      {"altered", wrong(algorithm, altered, user_)},
                      {"unknown", wrong(algorithm, certificate.blob(user_, unknown_), user_)}});
}

INSTANTIATE_TEST_SUITE_P(EveryType, ProbingTest,
                         testing::Values("ssh-ed25519", "ecdsa-sha2-nistp256",
                                         "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa",
                                         "sk-ssh-ed25519@openssh.com",
                                         "sk-ecdsa-sha2-nistp256@openssh.com"));

}  // namespace
}  // namespace zomg::monitor
