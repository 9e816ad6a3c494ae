#include "monitor/helpers/recorder/recording.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace zomg::recorder {
namespace {

class RecordingTest : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = testing::TempDir() + "recording-" + std::to_string(::getpid());
    std::filesystem::create_directory(directory_);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }
  Recording make(std::size_t part_bytes, std::uint64_t max_bytes) const {
    return Recording(common::Fd(::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)),
                     {"name", "title", part_bytes, max_bytes});
  }
  std::string read(const std::string& name) const {
    std::ifstream file(directory_ + "/" + name);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(directory_), {}));
  }

  static constexpr winsize kSize{24, 80, 0, 0};
  std::string directory_;
};

TEST_F(RecordingTest, WritesAtOnceAndForItsOwnerOnly) {
  Recording recording = make(4096, 4096);
  ASSERT_TRUE(recording.start(kSize));
  ASSERT_TRUE(recording.output("hello"));
  ASSERT_TRUE(recording.resize({30, 100, 0, 0}));
  const std::string text = read("name.cast");
  EXPECT_NE(text.find("\"o\", \"hello\"]\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\"r\", \"100x30\"]\n"), std::string::npos) << text;
  EXPECT_EQ(std::filesystem::status(directory_ + "/name.cast").permissions(),
            std::filesystem::perms(0600));
}

TEST_F(RecordingTest, GoesOnInAnotherFileThatIsAnAsciicastToo) {
  Recording recording = make(400, 100000);
  ASSERT_TRUE(recording.start(kSize));
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(recording.output("0123456789"));
  EXPECT_GT(files(), 2U);
  EXPECT_TRUE(read("name.2.cast").starts_with("{\"version\":2,"));
  for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
    EXPECT_LE(entry.file_size(), 400U);
  }
}

TEST_F(RecordingTest, IsBounded) {
  Recording recording = make(400, 1000);
  ASSERT_TRUE(recording.start(kSize));
  int lines = 0;
  while (recording.output("0123456789") && lines < 1000) ++lines;
  EXPECT_LT(lines, 100);
  std::uintmax_t bytes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
    bytes += entry.file_size();
  }
  EXPECT_LE(bytes, 1000U);
}

TEST_F(RecordingTest, WritesOverNothing) {
  std::ofstream(directory_ + "/name.cast") << "precious";
  EXPECT_FALSE(make(4096, 4096).start(kSize));
  EXPECT_EQ(read("name.cast"), "precious");
}

TEST_F(RecordingTest, FollowsNoLink) {
  std::filesystem::create_symlink(directory_ + "/elsewhere", directory_ + "/name.cast");
  EXPECT_FALSE(make(4096, 4096).start(kSize));
  EXPECT_FALSE(std::filesystem::exists(directory_ + "/elsewhere"));
}

}  // namespace
}  // namespace zomg::recorder
