#include "monitor/keys/signature.h"

#include <gtest/gtest.h>

#include "tests/unit/monitor/keys/test_key.h"

namespace zomg::monitor {
namespace {

struct Case {
  const char* type;
  const char* algorithm;
};

class SignatureTest : public testing::TestWithParam<Case> {
 protected:
  TestKey key_{GetParam().type};
  PublicKey public_key_ = *PublicKey::parse(key_.blob());

  bool verifies(std::string_view blob, std::string_view data) const {
    const auto signature = Signature::parse(blob, public_key_.type());
    return signature && signature->algorithm == GetParam().algorithm &&
           verify_signature(public_key_, *signature, data);
  }
  std::string sign(std::string_view data) const { return key_.sign(GetParam().algorithm, data); }
};

TEST_P(SignatureTest, IsAcceptedOverItsDataOnly) {
  EXPECT_TRUE(verifies(sign("data"), "data"));
  EXPECT_FALSE(verifies(sign("data"), "date"));
}

TEST_P(SignatureTest, OfAnotherKeyIsRefused) {
  EXPECT_FALSE(verifies(TestKey(GetParam().type).sign(GetParam().algorithm, "data"), "data"));
}

TEST_P(SignatureTest, WithAnyBitChangedIsRefused) {
  const std::string good = sign("data");
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    EXPECT_FALSE(verifies(bad, "data")) << i;
  }
}

TEST_P(SignatureTest, CutShortOrWithBytesLeftOverIsRefused) {
  const std::string good = sign("data");
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(verifies(good.substr(0, size), "data")) << size;
  }
  EXPECT_FALSE(verifies(good + '\0', "data"));
}

INSTANTIATE_TEST_SUITE_P(
    EveryAlgorithm, SignatureTest,
    testing::Values(Case{"ssh-ed25519", "ssh-ed25519"},
                    Case{"ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256"},
                    Case{"ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384"},
                    Case{"ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521"},
                    Case{"ssh-rsa", "rsa-sha2-256"}, Case{"ssh-rsa", "rsa-sha2-512"},
                    Case{"sk-ssh-ed25519@openssh.com", "sk-ssh-ed25519@openssh.com"},
                    Case{"sk-ecdsa-sha2-nistp256@openssh.com",
                         "sk-ecdsa-sha2-nistp256@openssh.com"}));

TEST(RsaSignature, WithSha1IsRefused) {
  const TestKey key("ssh-rsa");
  EXPECT_FALSE(Signature::parse(key.sign("ssh-rsa", "data"), KeyType::kRsa));
}

TEST(RsaSignature, ByOneHashIsNotAnothers) {
  const TestKey key("ssh-rsa");
  const std::string blob = key.sign("rsa-sha2-256", "data");
  auto signature = Signature::parse(blob, KeyType::kRsa);
  ASSERT_TRUE(signature);
  signature->algorithm = "rsa-sha2-512";
  EXPECT_FALSE(verify_signature(*PublicKey::parse(key.blob()), *signature, "data"));
}

TEST(SecurityKeySignature, SaysWhatTheAuthenticatorSaw) {
  const TestKey key("sk-ssh-ed25519@openssh.com");
  for (unsigned char flags = 0; flags < 8; ++flags) {
    const std::string blob = key.sign(key.type(), "data", flags);
    const auto signature = Signature::parse(blob, KeyType::kSkEd25519);
    ASSERT_TRUE(signature);
    EXPECT_TRUE(verify_signature(*PublicKey::parse(key.blob()), *signature, "data"));
    EXPECT_EQ(signature->user_present(), (flags & 1) != 0);
    EXPECT_EQ(signature->user_verified(), (flags & 4) != 0);
  }
}

}  // namespace
}  // namespace zomg::monitor
