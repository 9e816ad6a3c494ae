#include "monitor/boxes/session_recorder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace zomg::monitor {
namespace {

class RecordDirectory : public testing::Test {
 protected:
  void SetUp() override {
    path_ = testing::TempDir() + "record-directory-" + std::to_string(::getpid());
    std::filesystem::create_directory(path_);
    ASSERT_EQ(::chmod(path_.c_str(), 0700), 0);
  }
  void TearDown() override { std::filesystem::remove_all(path_); }

  sandbox::Account mine_{::getuid(), ::getgid()};
  std::string path_;
};

TEST_F(RecordDirectory, IsTheRecordersOwn) {
  EXPECT_TRUE(check_record_directory(path_, mine_));
  const auto other = check_record_directory(path_, {mine_.uid + 1, mine_.gid});
  ASSERT_FALSE(other);
  EXPECT_NE(other.error().message.find("install -d -o zomg-ssh-recorder -m 0700 " + path_),
            std::string::npos)
      << other.error().message;
}

TEST_F(RecordDirectory, IsWritableByNobodyElse) {
  for (const mode_t mode : {0770, 0702}) {
    ASSERT_EQ(::chmod(path_.c_str(), mode), 0);
    EXPECT_FALSE(check_record_directory(path_, mine_)) << std::oct << mode;
  }
  ASSERT_EQ(::chmod(path_.c_str(), 0755), 0);
  EXPECT_TRUE(check_record_directory(path_, mine_));
}

TEST_F(RecordDirectory, Exists) {
  EXPECT_FALSE(check_record_directory(path_ + "/missing", mine_));
  std::ofstream(path_ + "/file") << "x";
  EXPECT_FALSE(check_record_directory(path_ + "/file", mine_));
}

}  // namespace
}  // namespace zomg::monitor
