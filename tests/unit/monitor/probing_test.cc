// Before a login, nothing that a client sees says which keys are authorized: not the answers, and
// not the work behind them. The work is counted in CPU time, of which a busy machine takes nothing.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "monitor/user_authenticator.h"
#include "monitor/userauth_request.h"
#include "tests/unit/monitor/test_certificate.h"
#include "tests/unit/monitor/test_host_key.h"
#include "tests/unit/monitor/test_key.h"

namespace zomg::monitor {
namespace {

constexpr std::string_view kUser = "demo--box1";
constexpr int kRounds = 41;
/// Two medians of the same work differ by a few per cent. Without the decoy the smaller would be a
/// tenth of the larger.
constexpr double kNoise = 0.3;

double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

class ProbingTest : public testing::TestWithParam<const char*> {
 protected:
  TestKey known_{GetParam()};
  TestKey unknown_{GetParam()};
  TestKey elsewhere_{GetParam()};  ///< authorized, but not for this box
  HostKey host_key_ = make_test_host_key();
  AuthorizedKeys keys_;
  RevokedKeys revoked_{""};
  UserAuthenticator authenticator_{keys_, revoked_, host_key_};
  std::string session_id_ = std::string(32, 'H');

  /// A login with this key and a signature of the right form over something else.
  messages::VerifyUser wrong(const std::string& algorithm, const std::string& blob,
                             const TestKey& signer) const {
    const std::string plain = signer.type() == "ssh-rsa" ? "rsa-sha2-512" : signer.type();
    const std::string signature = signer.sign(plain, "something else");
    return {kUser, std::string_view(algorithm), std::string_view(blob), std::string_view(signature),
            false};
  }

  /// Expects all of them to be refused, with as much work each.
  template <std::size_t N>
  void expect_equal_work(const std::array<messages::VerifyUser, N>& requests) {
    std::array<std::vector<double>, N> times;
    for (int round = 0; round < kRounds; ++round) {
      for (std::size_t i = 0; i < N; ++i) {
        const double begin = cpu_seconds();
        EXPECT_FALSE(authenticator_.verify(requests[i], session_id_, "192.0.2.1", 1800000000));
        times[i].push_back(cpu_seconds() - begin);
      }
    }
    std::array<double, N> medians{};
    for (std::size_t i = 0; i < N; ++i) {
      std::nth_element(times[i].begin(), times[i].begin() + kRounds / 2, times[i].end());
      medians[i] = times[i][kRounds / 2];
    }
    const auto [least, most] = std::minmax_element(medians.begin(), medians.end());
    EXPECT_LT(*most - *least, kNoise * *most) << GetParam() << ": " << *least << " and " << *most;
  }
};

TEST_P(ProbingTest, AnUnknownKeyCostsWhatAWrongSignatureDoes) {
  keys_.add(known_.line(), "file");
  keys_.add("boxes=\"other--*\" " + elsewhere_.line(), "file");
  const std::string algorithm = known_.type() == "ssh-rsa" ? "rsa-sha2-512" : known_.type();
  expect_equal_work(std::array{wrong(algorithm, known_.blob(), known_),
                               wrong(algorithm, unknown_.blob(), unknown_),
                               wrong(algorithm, elsewhere_.blob(), elsewhere_)});
}

TEST_P(ProbingTest, ACertificateOfAnUnknownAuthorityCostsWhatAWrongSignatureDoes) {
  keys_.add("cert-authority " + known_.line(), "file");
  const std::string algorithm =
      certificate_type(known_.type() == "ssh-rsa" ? "rsa-sha2-512" : known_.type());
  const TestCertificate certificate;
  const TestKey& user = elsewhere_;
  const std::string good = certificate.blob(user, known_);
  std::string altered = good;
  const std::size_t nonce = good.find(std::string(32, 'n'));
  altered[nonce] = 'm';
  expect_equal_work(std::array{
      wrong(algorithm, good, user),
      wrong(algorithm, altered, user),
      wrong(algorithm, certificate.blob(user, unknown_), user),
  });
}

INSTANTIATE_TEST_SUITE_P(EveryType, ProbingTest,
                         testing::Values("ssh-ed25519", "ecdsa-sha2-nistp256",
                                         "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa",
                                         "sk-ssh-ed25519@openssh.com",
                                         "sk-ecdsa-sha2-nistp256@openssh.com"));

}  // namespace
}  // namespace zomg::monitor
