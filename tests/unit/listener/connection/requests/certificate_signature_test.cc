#include "listener/connection/requests/certificate_signature.h"

#include <gtest/gtest.h>

#include <string>

#include "common/ssh/ssh_wire.h"

namespace zomg::connection {
namespace {

/// A certificate with a key of so many strings.
std::string certificate(std::string_view type, unsigned key_strings) {
  common::WireWriter writer;
  writer.string(type).string("nonce");
  for (unsigned i = 0; i < key_strings; ++i) writer.string("key");
  writer.uint32(0).uint32(7).uint32(1).string("id").string("principals");
  writer.uint32(0).uint32(0).uint32(0xffffffff).uint32(0xffffffff);
  writer.string("critical").string("extensions").string("").string("authority");
  return writer.bytes();
}

std::string signed_by(std::string_view signature, const std::string& bytes) {
  common::WireWriter writer;
  writer.raw(bytes).string(signature);
  return writer.bytes();
}

TEST(CertificateSignature, IsFoundBehindAKeyOfEveryType) {
  const std::pair<const char*, unsigned> types[] = {
      {"ssh-ed25519-cert-v01@openssh.com", 1},
      {"ecdsa-sha2-nistp256-cert-v01@openssh.com", 2},
      {"ecdsa-sha2-nistp384-cert-v01@openssh.com", 2},
      {"ecdsa-sha2-nistp521-cert-v01@openssh.com", 2},
      {"ssh-rsa-cert-v01@openssh.com", 2},
      {"sk-ssh-ed25519-cert-v01@openssh.com", 2},
      {"sk-ecdsa-sha2-nistp256-cert-v01@openssh.com", 3},
  };
  for (const auto& [type, key_strings] : types) {
    const std::string bytes = certificate(type, key_strings);
    const std::string whole = signed_by("signature", bytes);
    const auto found = parse_certificate_signature(whole);
    ASSERT_TRUE(found) << type;
    EXPECT_EQ(found->authority, "authority") << type;
    EXPECT_EQ(found->signature, "signature") << type;
    EXPECT_EQ(found->signed_bytes, bytes) << type;
  }
}

TEST(CertificateSignature, IsNoneWhereBytesAreMissingOrLeftOver) {
  const std::string whole =
      signed_by("signature", certificate("ssh-ed25519-cert-v01@openssh.com", 1));
  EXPECT_TRUE(parse_certificate_signature(whole));
  EXPECT_FALSE(parse_certificate_signature(whole + "x"));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(parse_certificate_signature(std::string_view(whole).substr(0, size))) << size;
  }
  EXPECT_FALSE(parse_certificate_signature(
      signed_by("signature", certificate("ssh-dss-cert-v01@openssh.com", 4))));
}

}  // namespace
}  // namespace zomg::connection
