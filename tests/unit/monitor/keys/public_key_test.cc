#include "monitor/keys/public_key.h"

#include <gtest/gtest.h>

#include "common/ssh/base64.h"
#include "common/ssh/ssh_wire.h"
#include "tests/unit/monitor/keys/test_key.h"

namespace zomg::monitor {
namespace {

TEST(PublicKey, FingerprintIsTheOneThatSshKeygenPrints) {
  // From `ssh-keygen -lf` for this key.
  const auto blob =
      common::decode_base64("AAAAC3NzaC1lZDI1NTE5AAAAIEa+JESGZBIXSarqkem4yiGA1TVLeITpCtq0gdrGBDpA");
  ASSERT_TRUE(blob);
  EXPECT_EQ(fingerprint(*blob), "SHA256:euv0oOjGVQ7H+R1zAG+qGCPZRDOhiF9FwaPcrchiNTo");
}

/// The blob of an RSA key with a modulus of so many bits, which is no product of primes.
std::string rsa_blob(std::size_t bits, const std::string& exponent) {
  std::string modulus(bits / 8, '\xff');
  common::WireWriter blob;
  blob.string("ssh-rsa").string(exponent).string(std::string(1, '\0') + modulus);
  return blob.bytes();
}

TEST(PublicKey, RefusesRsaOver8192BitsAndSaysSo) {
  EXPECT_TRUE(PublicKey::parse(rsa_blob(8192, "\x03")));
  const auto larger = PublicKey::parse(rsa_blob(8200, "\x03"));
  ASSERT_FALSE(larger);
  EXPECT_EQ(larger.error().message, "an RSA key of 8200 bits, where 2048 to 8192 are taken");
}

TEST(PublicKey, RefusesAnRsaExponentOver32Bits) {
  EXPECT_TRUE(PublicKey::parse(rsa_blob(2048, "\x7f\xff\xff\xff")));
  EXPECT_FALSE(PublicKey::parse(rsa_blob(2048, "\x01\xff\xff\xff\xff")));
}

TEST(PublicKey, RefusesRsaUnder2048Bits) {
  EXPECT_FALSE(PublicKey::parse(TestKey("ssh-rsa", 1024).blob()));
  EXPECT_FALSE(PublicKey::parse(TestKey("ssh-rsa", 2040).blob()));
  EXPECT_TRUE(PublicKey::parse(TestKey("ssh-rsa", 2048).blob()));
}

TEST(PublicKey, RefusesTypesThatAreNotAllowed) {
  for (const char* type : {"ssh-dss", "ssh-ed448", "ssh-rsa-cert-v01@openssh.com", ""}) {
    common::WireWriter blob;
    blob.string(type).string(std::string(32, 'x'));
    EXPECT_FALSE(PublicKey::parse(blob.bytes())) << type;
  }
}

TEST(PublicKey, RefusesTruncationAndBytesLeftOver) {
  for (const char* type : {"ssh-ed25519", "ecdsa-sha2-nistp384", "ssh-rsa",
                           "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"}) {
    const std::string blob = TestKey(type).blob();
    for (std::size_t size = 0; size < blob.size(); ++size) {
      EXPECT_FALSE(PublicKey::parse(blob.substr(0, size))) << type << " " << size;
    }
    EXPECT_FALSE(PublicKey::parse(blob + 'x')) << type;
  }
}

TEST(PublicKey, RefusesAPointThatIsNotOnTheCurve) {
  std::string blob = TestKey("ecdsa-sha2-nistp256").blob();
  blob.back() = static_cast<char>(blob.back() ^ 1);
  EXPECT_FALSE(PublicKey::parse(blob));
}

TEST(PublicKey, RefusesTheCurveOfAnotherType) {
  common::WireWriter blob;
  blob.string("ecdsa-sha2-nistp256").string("nistp384").string(std::string(97, '\x04'));
  EXPECT_FALSE(PublicKey::parse(blob.bytes()));
}

TEST(KeyType, RsaSignsWithSha2Only) {
  EXPECT_TRUE(may_sign(KeyType::kRsa, "rsa-sha2-256"));
  EXPECT_TRUE(may_sign(KeyType::kRsa, "rsa-sha2-512"));
  EXPECT_FALSE(may_sign(KeyType::kRsa, "ssh-rsa"));
  EXPECT_FALSE(may_sign(KeyType::kRsa, "ssh-ed25519"));
  EXPECT_FALSE(may_sign(KeyType::kEd25519, "rsa-sha2-256"));
}

TEST(KeyType, OfACertificateSignsByTheTypeOfItsKey) {
  EXPECT_EQ(certificate_signature_algorithm(KeyType::kRsa, "rsa-sha2-256-cert-v01@openssh.com"),
            "rsa-sha2-256");
  EXPECT_EQ(certificate_signature_algorithm(KeyType::kRsa, "ssh-rsa-cert-v01@openssh.com"), "");
  EXPECT_EQ(
      certificate_signature_algorithm(KeyType::kSkEd25519, "sk-ssh-ed25519-cert-v01@openssh.com"),
      "sk-ssh-ed25519@openssh.com");
  EXPECT_EQ(
      certificate_signature_algorithm(KeyType::kSkEd25519, "ssh-ed25519-cert-v01@openssh.com"), "");
}

TEST(KeyFields, MakeTheSameBlobAgain) {
  for (const char* type :
       {"ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
        "ssh-rsa", "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"}) {
    const std::string blob = TestKey(type).blob();
    const auto fields = parse_key_blob(blob);
    ASSERT_TRUE(fields) << type;
    EXPECT_EQ(fields->blob(), blob) << type;
  }
}

}  // namespace
}  // namespace zomg::monitor
