#include "monitor/keys/host_key.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "monitor/keys/private_key_file.h"

namespace zomg::monitor {
namespace {

class HostKeyTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "zomg-host-key-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
    path_ = name + "/key";
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  void write(const std::string& text, mode_t mode = 0600) {
    std::ofstream(path_) << text;
    ASSERT_EQ(::chmod(path_.c_str(), mode), 0);
  }
  std::string message() { return HostKey::load(path_).error().message; }

  std::string directory_;
  std::string path_;
};

TEST_F(HostKeyTest, LoadsWhatItGeneratedAndSignsWithIt) {
  ASSERT_TRUE(generate_host_key(path_));
  const auto key = HostKey::load(path_);
  ASSERT_TRUE(key) << key.error().message;
  const std::string signature = key->sign("exchange hash");
  EVP_PKEY* public_key = EVP_PKEY_new_raw_public_key(
      EVP_PKEY_ED25519, nullptr, reinterpret_cast<const unsigned char*>(key->public_half().data()),
      key->public_half().size());
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_DigestVerifyInit(context, nullptr, nullptr, nullptr, public_key);
  EXPECT_EQ(EVP_DigestVerify(context, reinterpret_cast<const unsigned char*>(signature.data()),
                             signature.size(),
                             reinterpret_cast<const unsigned char*>("exchange hash"), 13),
            1);
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(public_key);
}

TEST_F(HostKeyTest, GeneratesAPrivateFileAndNeverOverwrites) {
  ASSERT_TRUE(generate_host_key(path_));
  struct stat status {};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600U);
  EXPECT_FALSE(generate_host_key(path_));
}

TEST_F(HostKeyTest, RefusesAFileThatOthersCanRead) {
  ASSERT_TRUE(generate_host_key(path_));
  ASSERT_EQ(::chmod(path_.c_str(), 0640), 0);
  EXPECT_NE(message().find("chmod 600"), std::string::npos) << message();
}

TEST_F(HostKeyTest, AMissingFileSaysHowToMakeOne) {
  EXPECT_NE(message().find("--generate-host-key"), std::string::npos) << message();
}

TEST_F(HostKeyTest, RefusesWhatIsNoPrivateKey) {
  write("hello\n");
  EXPECT_NE(message().find("not a private key"), std::string::npos) << message();
  write("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n");
  EXPECT_NE(message().find("damaged"), std::string::npos) << message();
}

TEST_F(HostKeyTest, RefusesADirectory) {
  ASSERT_EQ(::mkdir(path_.c_str(), 0700), 0);
  EXPECT_NE(message().find("not a regular file"), std::string::npos) << message();
}

TEST_F(HostKeyTest, RefusesAPublicHalfThatIsNotThePrivateHalfs) {
  write(format_private_key({std::string(32, 'a'), std::string(32, 'b')}, ""));
  EXPECT_NE(message().find("does not belong"), std::string::npos) << message();
}

TEST(PrivateKeyFile, RefusesEveryTruncation) {
  const std::string text = format_private_key({std::string(32, 'a'), std::string(32, 'b')}, "me");
  ASSERT_TRUE(parse_private_key(text));
  for (std::size_t size = 0; size + 2 < text.size(); ++size) {
    EXPECT_FALSE(parse_private_key(text.substr(0, size))) << size;
  }
}

}  // namespace
}  // namespace zomg::monitor
