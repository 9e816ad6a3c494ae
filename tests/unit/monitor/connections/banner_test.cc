#include "monitor/connections/banner.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "common/base/limits.h"

namespace zomg::monitor {
namespace {

class BannerTest : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = testing::TempDir() + "banner-" + std::to_string(::getpid());
    std::filesystem::create_directory(directory_);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }
  std::string file(std::string_view text) const {
    const std::string path = directory_ + "/banner";
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  std::string directory_;
};

TEST_F(BannerTest, IsTheTextOfTheFileUpToANul) {
  EXPECT_EQ(*read_banner(file("Hello\n\x1b[31mred\n")), "Hello\n\x1b[31mred\n");
  EXPECT_EQ(*read_banner(file(std::string_view("shown\0hidden", 12))), "shown");
  EXPECT_EQ(*read_banner(""), "");
}

TEST_F(BannerTest, IsBounded) {
  EXPECT_TRUE(read_banner(file(std::string(limits::kMaxBannerBytes, 'x'))));
  EXPECT_FALSE(read_banner(file(std::string(limits::kMaxBannerBytes + 1, 'x'))));
}

TEST_F(BannerTest, DoesNotWaitForAFifo) {
  const std::string path = directory_ + "/fifo";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  EXPECT_FALSE(read_banner(path));
  EXPECT_FALSE(read_banner(directory_));
  EXPECT_FALSE(read_banner(directory_ + "/missing"));
}

}  // namespace
}  // namespace zomg::monitor
