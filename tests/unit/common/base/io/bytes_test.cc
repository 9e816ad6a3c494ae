#include "common/base/io/bytes.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <thread>

#include "common/base/fd.h"

namespace zomg::common {
namespace {

TEST(Bytes, AreReadAsTheyWereWritten) {
  // More than a pipe holds.
  const std::string text(300 * 1024 + 1, 'x');
  auto pipe = make_pipe();
  std::thread writer([&] {
    EXPECT_TRUE(write_all(pipe->second.get(), text));
    pipe->second.reset();
  });
  const auto read = read_all(pipe->first.get(), text.size());
  writer.join();
  ASSERT_TRUE(read);
  EXPECT_TRUE(*read == text);
}

TEST(Bytes, AreReadUpToABound) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{40'000}}) {
    const Fd file(::memfd_create("bytes", MFD_CLOEXEC));
    ASSERT_TRUE(write_all_at_start(file.get(), std::string(size, 'x')));
    const auto read = read_all(file.get(), size);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->size(), size);
    if (size == 0) continue;
    ASSERT_EQ(::lseek(file.get(), 0, SEEK_SET), 0);
    EXPECT_FALSE(read_all(file.get(), size - 1));
  }
}

TEST(Bytes, AtTheStartLeaveThePositionAlone) {
  const Fd file(::memfd_create("bytes", MFD_CLOEXEC));
  ASSERT_TRUE(write_all_at_start(file.get(), "abc"));
  EXPECT_EQ(::lseek(file.get(), 0, SEEK_CUR), 0);
  EXPECT_EQ(*read_all(file.get(), 3), "abc");
}

TEST(Bytes, ThatCannotBeWrittenOrReadAreAnError) {
  const Fd closed_for_writing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(write_all(closed_for_writing.get(), "x").error().errno_value, EBADF);
  const Fd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  EXPECT_EQ(write_all(full.get(), "x").error().errno_value, ENOSPC);
  EXPECT_EQ(read_all(full.get(), 1).error().errno_value, EBADF);
}

}  // namespace
}  // namespace zomg::common
