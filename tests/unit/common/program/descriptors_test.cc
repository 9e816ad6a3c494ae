#include "common/program/descriptors.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <functional>

#include "common/base/fd.h"
#include "common/sandbox/root.h"
#include "tests/unit/common/program/in_child.h"

namespace zomg::program {
namespace {

constexpr std::array kExpected{
    Descriptor{0, Kind::kNull, "/dev/null"}, Descriptor{1, Kind::kSocket, "the first end"},
    Descriptor{2, Kind::kAny, "the log"}, Descriptor{3, Kind::kPipe, "the pipe to somebody"}};

/// What is said of a process that has kExpected, after `change`.
std::string said_after(const std::function<void()>& change) {
  return in_child([&] {
    auto ends = common::make_packet_socketpair();
    auto pipe = common::make_pipe();
    const common::Fd null(::open("/dev/null", O_RDWR));
    common::install_fd(null.get(), 0);
    common::install_fd(ends->first.get(), 1);
    common::install_fd(pipe->first.get(), 100);
    common::install_fd(100, 3);
    common::close_all_but({3, kSaid});
    common::install_fd(kSaid, 2);
    ::close(kSaid);
    change();
    const auto checked = check_descriptors(kExpected);
    return checked ? std::string("fine") : checked.error().message;
  });
}

TEST(Descriptors, AreThoseOfTheRow) {
  EXPECT_EQ(said_after([] {}), "fine");
}

TEST(Descriptors, NameOneThatIsTooMuch) {
  EXPECT_EQ(said_after([] {
              ::dup2(::open("/etc/passwd", O_RDONLY), 900);
              ::close(4);
            }),
            "descriptor 900 (/etc/passwd) is open, which this program is not to have");
  EXPECT_EQ(said_after([] { ::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC); }).substr(0, 18),
            "descriptor 4 (\"net");
}

TEST(Descriptors, NameOneThatIsMissing) {
  EXPECT_EQ(said_after([] { ::close(3); }), "descriptor 3, the pipe to somebody, is not open");
  EXPECT_EQ(said_after([] { ::close(0); }), "descriptor 0, /dev/null, is not open");
}

TEST(Descriptors, NameOneThatIsAnother) {
  EXPECT_EQ(said_after([] {
              ::dup2(::open("/", O_RDONLY), 0);
              ::close(4);
            }),
            "descriptor 0 (/) is not /dev/null");
  EXPECT_EQ(said_after([] { ::dup2(0, 1); }), "descriptor 1 (/dev/null) is not the first end");
  EXPECT_EQ(said_after([] { ::dup2(0, 3); }),
            "descriptor 3 (/dev/null) is not the pipe to somebody");
  // A file of another device, whatever its name.
  EXPECT_EQ(said_after([] {
              ::dup2(::open("/dev/zero", O_RDONLY), 0);
              ::close(4);
            }),
            "descriptor 0 (/dev/zero) is not /dev/null");
}

#ifndef ZOMG_SANITIZED
/// As a connection process starts: without /proc, and under its listener's limit.
std::string said_in_an_empty_root(rlim_t most, const std::function<void()>& change) {
  return said_after([&] {
    change();
    CHECK(sandbox::enter_empty_root());
    const rlimit both{most, most};
    CHECK(::setrlimit(RLIMIT_NOFILE, &both) == 0);
  });
}

TEST(Descriptors, AreFoundWithoutProc) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  EXPECT_EQ(said_in_an_empty_root(4144, [] {}), "fine");
  EXPECT_EQ(said_in_an_empty_root(4144, [] { ::dup2(2, 4143); }),
            "descriptor 4143 is open, which this program is not to have");
  EXPECT_EQ(said_in_an_empty_root(4144, [] { ::close(3); }),
            "descriptor 3, the pipe to somebody, is not open");
  EXPECT_EQ(said_in_an_empty_root(16385, [] {}),
            "there is no /proc/self/fd to say which descriptors are open");
}
#endif

}  // namespace
}  // namespace zomg::program
