#include "monitor/signature.h"

#include <gtest/gtest.h>

#include "tests/unit/monitor/test_key.h"

namespace zomg::monitor {
namespace {

struct Case {
  const char* type;
  const char* algorithm;
};

class Signature : public testing::TestWithParam<Case> {
 protected:
  TestKey key_{GetParam().type};
  PublicKey public_key_ = *PublicKey::parse(key_.blob());

  bool verifies(std::string_view signature, std::string_view data,
                SecurityKeyPolicy policy = {}) const {
    return verify_signature(public_key_, GetParam().algorithm, signature, data, policy).has_value();
  }
  std::string sign(std::string_view data) const { return key_.sign(GetParam().algorithm, data); }
};

TEST_P(Signature, IsAcceptedOverItsDataOnly) {
  EXPECT_TRUE(verifies(sign("data"), "data"));
  EXPECT_FALSE(verifies(sign("data"), "date"));
}

TEST_P(Signature, OfAnotherKeyIsRefused) {
  EXPECT_FALSE(verifies(TestKey(GetParam().type).sign(GetParam().algorithm, "data"), "data"));
}

TEST_P(Signature, WithAnyBitChangedIsRefused) {
  const std::string good = sign("data");
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    EXPECT_FALSE(verifies(bad, "data")) << i;
  }
}

TEST_P(Signature, CutShortOrWithBytesLeftOverIsRefused) {
  const std::string good = sign("data");
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(verifies(good.substr(0, size), "data")) << size;
  }
  EXPECT_FALSE(verifies(good + '\0', "data"));
}

INSTANTIATE_TEST_SUITE_P(
    EveryAlgorithm, Signature,
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
  const auto public_key = PublicKey::parse(key.blob());
  EXPECT_FALSE(verify_signature(*public_key, "ssh-rsa", key.sign("ssh-rsa", "data"), "data", {}));
}

TEST(RsaSignature, ByAnotherAlgorithmThanTheOneNamedIsRefused) {
  const TestKey key("ssh-rsa");
  const auto public_key = PublicKey::parse(key.blob());
  EXPECT_FALSE(
      verify_signature(*public_key, "rsa-sha2-512", key.sign("rsa-sha2-256", "data"), "data", {}));
}

TEST(SecurityKeySignature, NeedsATouchUnlessThatIsWaived) {
  const TestKey key("sk-ssh-ed25519@openssh.com");
  const auto public_key = PublicKey::parse(key.blob());
  const std::string untouched = key.sign("sk-ssh-ed25519@openssh.com", "data", 0);
  const auto verify = [&](SecurityKeyPolicy policy) {
    return verify_signature(*public_key, "sk-ssh-ed25519@openssh.com", untouched, "data", policy)
        .has_value();
  };
  EXPECT_FALSE(verify({}));
  EXPECT_TRUE(verify({.touch_required = false}));
}

TEST(SecurityKeySignature, NeedsVerificationWhereThatIsRequired) {
  const TestKey key("sk-ssh-ed25519@openssh.com");
  const auto public_key = PublicKey::parse(key.blob());
  const SecurityKeyPolicy policy{.verification_required = true};
  const auto verify = [&](unsigned char flags) {
    return verify_signature(*public_key, "sk-ssh-ed25519@openssh.com",
                            key.sign("sk-ssh-ed25519@openssh.com", "data", flags), "data", policy)
        .has_value();
  };
  EXPECT_FALSE(verify(1));
  EXPECT_TRUE(verify(5));
}

}  // namespace
}  // namespace zomg::monitor
