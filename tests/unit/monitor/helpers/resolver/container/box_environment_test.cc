#include "monitor/helpers/resolver/container/box_environment.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/base/limits.h"

namespace zomg::resolver {
namespace {

using namespace std::string_literals;

std::string content(int fd) {
  std::string bytes(limits::kMaxContainerEnvironmentBytes + 1, '\0');
  const ssize_t size = ::pread(fd, bytes.data(), bytes.size(), 0);
  EXPECT_GE(size, 0);
  bytes.resize(static_cast<std::size_t>(size));
  return bytes;
}

TEST(BoxEnvironment, EndsEveryVariableInNul) {
  const std::vector<std::string> entries{"A=1", "B=", "C=x=y"};
  EXPECT_EQ(content(make_environment(entries).value().get()), "A=1\0B=\0C=x=y\0"s);
  EXPECT_EQ(content(make_environment({}).value().get()), "");
}

TEST(BoxEnvironment, DropsWhatIsNoVariable) {
  const std::vector<std::string> entries{"", "=", "=1", "A", "A=1\0LD_PRELOAD=x"s, "B=2"};
  EXPECT_EQ(content(make_environment(entries).value().get()), "B=2\0"s);
}

TEST(BoxEnvironment, CannotBeChanged) {
  const std::vector<std::string> entries{"A=1"};
  const common::Fd fd = make_environment(entries).value();
  EXPECT_EQ(::pwrite(fd.get(), "x", 1, 0), -1);
  EXPECT_EQ(::ftruncate(fd.get(), 0), -1);
  EXPECT_EQ(::ftruncate(fd.get(), 100), -1);
  EXPECT_EQ(::fcntl(fd.get(), F_ADD_SEALS, F_SEAL_FUTURE_WRITE), -1);
  EXPECT_EQ(::fcntl(fd.get(), F_GETFD), FD_CLOEXEC);
}

TEST(BoxEnvironment, IsBounded) {
  const std::vector<std::string> most{"A=" +
                                      std::string(limits::kMaxContainerEnvironmentBytes - 3, 'x')};
  EXPECT_TRUE(make_environment(most));
  const std::vector<std::string> more{most[0] + "x"};
  EXPECT_FALSE(make_environment(more));
}

}  // namespace
}  // namespace zomg::resolver
