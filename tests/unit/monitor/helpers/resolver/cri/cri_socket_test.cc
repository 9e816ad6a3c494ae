#include "monitor/helpers/resolver/cri/cri_socket.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace zomg::resolver {
namespace {

class CriSocketTest : public testing::Test {
 protected:
  CriSocketTest() { std::filesystem::create_directory(directory_); }
  ~CriSocketTest() override { std::filesystem::remove_all(directory_); }

  void make_socket() const { std::ofstream(path_).put('x'); }

  std::string directory_ = testing::TempDir() + "cri-socket-" + std::to_string(::getpid());
  std::string path_ = directory_ + "/cri.sock";
};

TEST_F(CriSocketTest, NeedsTheDirectoryAndTheGroup) {
  make_socket();
  const CriSocket socket(path_);
  EXPECT_EQ(socket.directories(), std::vector<std::string>{directory_});
  EXPECT_EQ(socket.groups(), std::vector<gid_t>{::getegid()});
  EXPECT_FALSE(socket.outdated());
}

TEST_F(CriSocketTest, StandsARestartOfTheRuntime) {
  make_socket();
  const CriSocket socket(path_);
  std::filesystem::remove(path_);
  EXPECT_FALSE(socket.outdated());
  make_socket();
  EXPECT_FALSE(socket.outdated());
}

TEST_F(CriSocketTest, IsOutdatedWhenTheDirectoryGoes) {
  make_socket();
  const CriSocket socket(path_);
  std::filesystem::remove_all(directory_);
  EXPECT_TRUE(socket.outdated());
}

TEST_F(CriSocketTest, IsOutdatedWhenTheSocketComesLater) {
  const CriSocket socket(path_);
  EXPECT_TRUE(socket.groups().empty());
  EXPECT_FALSE(socket.outdated());
  make_socket();
  EXPECT_TRUE(socket.outdated());
}

TEST_F(CriSocketTest, IsOutdatedWhenTheGroupChanges) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  make_socket();
  const CriSocket socket(path_);
  ASSERT_EQ(::chown(path_.c_str(), 0, 12345), 0);
  EXPECT_TRUE(socket.outdated());
}

TEST_F(CriSocketTest, IsNothingWithoutAPath) {
  const CriSocket socket("");
  EXPECT_TRUE(socket.directories().empty());
  EXPECT_TRUE(socket.groups().empty());
  EXPECT_FALSE(socket.outdated());
}

}  // namespace
}  // namespace zomg::resolver
