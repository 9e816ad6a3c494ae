#include "monitor/supervisor/state_directory.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace zomg::monitor {
namespace {

namespace fs = std::filesystem;

class StateDirectoryTest : public testing::Test {
 protected:
  StateDirectoryTest() { EXPECT_NE(::mkdtemp(base_.data()), nullptr); }
  ~StateDirectoryTest() override { fs::remove_all(base_); }

  std::string base_ = testing::TempDir() + "zomg-state-XXXXXX";
};

TEST_F(StateDirectoryTest, IsMadeWithItsFilesAndFoundAgain) {
  const std::string directory = base_ + "/a/b";
  auto files = open_state_files(directory);
  ASSERT_TRUE(files) << files.error().message;
  EXPECT_EQ(::write(files->second.get(), "kept", 4), 4);
  struct stat status {};
  ASSERT_EQ(::fstat(files->first.get(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  auto again = open_state_files(directory);
  ASSERT_TRUE(again);
  std::array<char, 5> text{};
  EXPECT_EQ(::read(again->second.get(), text.data(), text.size()), 4);
}

TEST_F(StateDirectoryTest, ThatOthersCanWriteIsRefused) {
  fs::permissions(base_, fs::perms(0777));
  EXPECT_FALSE(open_state_files(base_));
}

TEST_F(StateDirectoryTest, AFileThatIsALinkIsRefused) {
  std::ofstream(base_ + "/elsewhere").put('x');
  fs::create_symlink(base_ + "/elsewhere", base_ + "/github-keys.0");
  EXPECT_FALSE(open_state_files(base_));
  fs::remove(base_ + "/github-keys.0");
  fs::create_hard_link(base_ + "/elsewhere", base_ + "/github-keys.0");
  EXPECT_FALSE(open_state_files(base_));
}

}  // namespace
}  // namespace zomg::monitor
