#include "monitor/login/revocation_list.h"

#include <gtest/gtest.h>

#include <random>

#include "common/base/limits.h"
#include "common/ssh/base64.h"
#include "common/ssh/ssh_wire.h"
#include "monitor/login/krl.h"
#include "tests/unit/monitor/keys/test_key.h"
#include "tests/unit/monitor/login/test_certificate.h"

namespace zomg::monitor {
namespace {

constexpr std::uint64_t kMax = ~std::uint64_t{0};

TEST(SerialRanges, HoldWhatWasAddedAndNothingElse) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    SerialRanges ranges;
    std::vector<bool> wanted(200);
    for (int i = 0; i < 12; ++i) {
      const std::uint64_t first = random() % 190;
      const std::uint64_t last = first + random() % 10;
      ranges.add(first, last);
      for (std::uint64_t serial = first; serial <= last; ++serial) wanted[serial] = true;
    }
    std::size_t runs = 0;
    for (std::size_t serial = 0; serial < wanted.size(); ++serial) {
      EXPECT_EQ(ranges.contain(serial), wanted[serial]) << round << " " << serial;
      if (wanted[serial] && (serial == 0 || !wanted[serial - 1])) ++runs;
    }
    EXPECT_EQ(ranges.size(), runs);
  }
}

TEST(SerialRanges, ReachToBothEnds) {
  SerialRanges ranges;
  ranges.add(kMax, kMax);
  ranges.add(0, 0);
  EXPECT_TRUE(ranges.contain(0) && ranges.contain(kMax));
  EXPECT_FALSE(ranges.contain(1) || ranges.contain(kMax - 1));
  ranges.add(1, kMax - 1);
  EXPECT_EQ(ranges.size(), 1U);
  ranges.add(0, kMax);
  EXPECT_EQ(ranges.size(), 1U);
}

/// Builds a KRL section by section.
class TestKrl {
 public:
  TestKrl() {
    writer_.raw(std::string_view("SSHKRL\n\0", 8)).uint32(1);
    for (int i = 0; i < 6; ++i) writer_.uint32(0);  // version, date and flags
    writer_.string("").string("comment");
  }
  TestKrl& section(std::uint8_t type, std::string_view body) {
    writer_.byte(type).string(body);
    return *this;
  }
  TestKrl& certificates(std::string_view authority, std::uint8_t type, std::string_view body) {
    common::WireWriter section_body;
    section_body.string(authority).string("").byte(type).string(body);
    return section(1, section_body.bytes());
  }
  const std::string& bytes() const { return writer_.bytes(); }

 private:
  common::WireWriter writer_;
};

std::string packed(std::string_view text) {
  common::WireWriter writer;
  return writer.string(text).bytes();
}

std::string packed(std::initializer_list<std::uint64_t> numbers) {
  common::WireWriter writer;
  for (const std::uint64_t number : numbers) {
    writer.uint32(static_cast<std::uint32_t>(number >> 32));
    writer.uint32(static_cast<std::uint32_t>(number));
  }
  return writer.bytes();
}

class KrlTest : public testing::Test {
 protected:
  TestKey key_{"ssh-ed25519"};
  TestKey authority_{"ecdsa-sha2-nistp256"};

  /// Whether the list revokes a certificate of `authority_` with this serial number.
  bool revokes(const TestKrl& krl, std::uint64_t serial, const std::string& key_id = "alice") {
    const auto list = RevocationList::parse(krl.bytes());
    EXPECT_TRUE(list) << list.error().message;
    TestCertificate made;
    made.serial = serial;
    made.key_id = key_id;
    const std::string blob = made.blob(key_, authority_);
    const auto certificate = Certificate::parse(blob);
    return list && list->revokes_certificate(*certificate);
  }
  bool revokes_key(const TestKrl& krl) {
    const auto list = RevocationList::parse(krl.bytes());
    return list && list->revokes_key(key_.blob());
  }
};

TEST_F(KrlTest, RevokesKeysByBlobAndByHash) {
  EXPECT_FALSE(revokes_key(TestKrl()));
  EXPECT_TRUE(revokes_key(TestKrl().section(2, packed(key_.blob()))));
  EXPECT_FALSE(revokes_key(TestKrl().section(2, packed(authority_.blob()))));
  const auto hash = [this](const EVP_MD* kind) {
    std::string digest(static_cast<std::size_t>(EVP_MD_get_size(kind)), '\0');
    EVP_Digest(key_.blob().data(), key_.blob().size(),
               reinterpret_cast<unsigned char*>(digest.data()), nullptr, kind, nullptr);
    return packed(digest);
  };
  EXPECT_TRUE(revokes_key(TestKrl().section(3, hash(EVP_sha1()))));
  EXPECT_TRUE(revokes_key(TestKrl().section(5, hash(EVP_sha256()))));
}

TEST_F(KrlTest, RevokesSerialNumbersOfOneAuthority) {
  const TestKrl list = TestKrl().certificates(authority_.blob(), 0x20, packed({3, 9}));
  EXPECT_TRUE(revokes(list, 3));
  EXPECT_TRUE(revokes(list, 9));
  EXPECT_FALSE(revokes(list, 4));
  EXPECT_FALSE(revokes(TestKrl().certificates(key_.blob(), 0x20, packed({3})), 3));
  EXPECT_TRUE(revokes(TestKrl().certificates("", 0x20, packed({3})), 3));
}

TEST_F(KrlTest, RevokesARangeOfSerialNumbers) {
  const TestKrl list = TestKrl().certificates(authority_.blob(), 0x21, packed({3, 9}));
  EXPECT_TRUE(revokes(list, 3) && revokes(list, 6) && revokes(list, 9));
  EXPECT_FALSE(revokes(list, 2) || revokes(list, 10));
}

TEST_F(KrlTest, RevokesABitmapOfSerialNumbers) {
  // Bits 0, 2, 3 and 15.
  const std::string body = packed({100}) + packed(std::string_view("\x00\x80\x0d", 3));
  const TestKrl list = TestKrl().certificates(authority_.blob(), 0x22, body);
  for (std::uint64_t serial = 95; serial < 125; ++serial) {
    const bool set = serial == 100 || serial == 102 || serial == 103 || serial == 115;
    EXPECT_EQ(revokes(list, serial), set) << serial;
  }
}

TEST_F(KrlTest, NeverRevokesSerialNumberZero) {
  EXPECT_FALSE(revokes(TestKrl().certificates("", 0x21, packed({0, kMax})), 0));
}

TEST_F(KrlTest, RevokesKeyIds) {
  const TestKrl list = TestKrl().certificates("", 0x23, packed("bob") + packed("alice"));
  EXPECT_TRUE(revokes(list, 0));
  EXPECT_FALSE(revokes(list, 0, "carol"));
}

TEST_F(KrlTest, WhatIsNotUnderstoodIsRefused) {
  const std::string wide = packed({kMax - 3}) + packed("\x01");
  for (const TestKrl& krl : {
           TestKrl().section(4, "signature"),
           TestKrl().section(9, ""),
           TestKrl().section(255, ""),
           TestKrl().section(2, "x"),
           TestKrl().section(3, packed("short")),
           TestKrl().certificates("", 0x24, ""),
           TestKrl().certificates("", 0x20, "short"),
           TestKrl().certificates("", 0x21, packed({9, 3})),
           TestKrl().certificates("", 0x21, packed({3, 9, 11})),
           TestKrl().certificates("", 0x22, wide),
           TestKrl().certificates("", 0x23, "x"),
       }) {
    EXPECT_FALSE(RevocationList::parse(krl.bytes()));
  }
}

TEST_F(KrlTest, CutShortIsRefused) {
  const std::string good =
      TestKrl().certificates(authority_.blob(), 0x20, packed({3})).section(5, "").bytes();
  ASSERT_TRUE(RevocationList::parse(good));
  const std::size_t header = TestKrl().bytes().size();
  const std::size_t first = good.size() - 5;
  for (std::size_t size = 8; size < good.size(); ++size) {
    EXPECT_EQ(RevocationList::parse(good.substr(0, size)).has_value(),
              size == header || size == first)
        << size;
  }
}

TEST_F(KrlTest, ABitmapOfManyRangesIsRefused) {
  std::string bits(4 * limits::kMaxRevokedSerialRanges / 8 + 8, '\x55');
  const std::string body = packed({0}) + packed(bits);
  EXPECT_FALSE(RevocationList::parse(TestKrl().certificates("", 0x22, body).bytes()));
}

TEST(RevokedLines, TakeKeysOfAnyTypeAndCertificates) {
  const TestKey key("ssh-ed25519");
  const TestKey authority("ssh-ed25519");
  common::WireWriter dss;
  dss.string("ssh-dss").string("whatever");
  const auto line = [](std::string_view type, std::string_view blob) {
    return std::string(type) + " " + common::encode_base64(blob) + " comment\r\n";
  };
  const auto list = RevocationList::parse(
      "# revoked\n\n  " + line("ssh-dss", dss.bytes()) +
      line("ssh-ed25519-cert-v01@openssh.com", TestCertificate().blob(key, authority)));
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_TRUE(list->revokes_key(key.blob()));
  EXPECT_FALSE(list->revokes_key(authority.blob()));
}

TEST(RevokedLines, ThatCannotBeReadFailTheFile) {
  const std::string line = TestKey("ssh-ed25519").line();
  for (const std::string& text :
       {std::string("nonsense"), std::string("ssh-ed25519 ####"),
        "ssh-rsa" + line.substr(line.find(' ')), "no-pty " + line, line + "\nssh-ed25519\n"}) {
    EXPECT_FALSE(RevocationList::parse(text)) << text;
  }
}

}  // namespace
}  // namespace zomg::monitor
