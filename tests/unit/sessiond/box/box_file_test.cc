#include "sessiond/box/box_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/base/fd.h"

namespace zomg::sessiond {
namespace {

constexpr std::size_t kMuch = 64 * 1024 * 1024;

common::Fd file_of(const std::string& content) {
  common::Fd file(::memfd_create("test", MFD_CLOEXEC));
  EXPECT_EQ(::write(file.get(), content.data(), content.size()),
            static_cast<ssize_t>(content.size()));
  return file;
}

TEST(BoxFile, IsReadFromItsBeginToItsEnd) {
  for (const std::size_t size : {0u, 1u, 4095u, 4096u, 4097u, 8192u, 1'000'000u}) {
    std::string content(size, 'x');
    if (size > 0) content.back() = 'y';
    EXPECT_EQ(read_regular_file(file_of(content).get(), kMuch), content) << size;
  }
}

TEST(BoxFile, IsReadUpToTheBound) {
  const std::string content(100'000, 'x');
  for (const std::size_t bound : {0u, 1u, 4096u, 5000u, 99'999u, 100'000u}) {
    EXPECT_EQ(read_regular_file(file_of(content).get(), bound), content.substr(0, bound)) << bound;
  }
}

/// A session's start would pay for each page of the bound.
TEST(BoxFile, TakesMemoryByWhatIsThere) {
  EXPECT_LE(read_regular_file(file_of("PATH=/bin").get(), kMuch).capacity(), 8192u);
  EXPECT_LE(read_regular_file(file_of(std::string(20'000, 'x')).get(), kMuch).capacity(), 65536u);
}

TEST(BoxFile, HasTheSizeOfWhatIsReadAndNotWhatItTells) {
  const common::Fd file(::open("/proc/self/status", O_RDONLY | O_CLOEXEC));
  EXPECT_TRUE(read_regular_file(file.get(), kMuch).starts_with("Name:"));
}

TEST(BoxFile, ThatIsNotRegularIsEmpty) {
  const common::Fd device(::open("/dev/zero", O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(read_regular_file(device.get(), kMuch), "");
  EXPECT_EQ(read_regular_file(-1, kMuch), "");
}

/// A directory for a file and a link that leads out of it.
class BoxFileBelow : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(::mkdtemp(path_.data()), nullptr);
    directory_ = common::Fd(::open(path_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    const common::Fd file(::openat(directory_.get(), "passwd", O_WRONLY | O_CREAT, 0600));
    ASSERT_EQ(::write(file.get(), "inside", 6), 6);
    ASSERT_EQ(::symlinkat("../../../../../../passwd", directory_.get(), "up"), 0);
    ASSERT_EQ(::symlinkat("/etc/passwd", directory_.get(), "out"), 0);
    ASSERT_EQ(::symlinkat("/proc/self/exe", directory_.get(), "magic"), 0);
  }
  void TearDown() override {
    for (const char* name : {"passwd", "up", "out", "magic"}) {
      ::unlinkat(directory_.get(), name, 0);
    }
    ::rmdir(path_.c_str());
  }
  std::string read(const char* path) { return read_box_file(directory_.get(), path, kMuch); }

 private:
  std::string path_ = "/tmp/box_file_test.XXXXXX";
  common::Fd directory_;
};

TEST_F(BoxFileBelow, NoLinkLeavesTheDirectory) {
  EXPECT_EQ(read("passwd"), "inside");
  EXPECT_EQ(read("up"), "inside");
  EXPECT_EQ(read("out"), "");
  EXPECT_EQ(read("magic"), "");
  EXPECT_EQ(read("../../../../../../etc/passwd"), "");
  EXPECT_EQ(read("/etc/passwd"), "");
}

}  // namespace
}  // namespace zomg::sessiond
