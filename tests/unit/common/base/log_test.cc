#include "common/base/log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <vector>

#include "common/base/fd.h"

namespace zomg {
namespace {

/// Puts a socket in the place of stderr, as in a process of a gateway that serves.
class SocketForStderr {
 public:
  SocketForStderr() : stderr_(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)) {
    auto ends = common::make_packet_socketpair();
    reader_ = std::move(ends->first);
    EXPECT_TRUE(common::install_fd(ends->second.get(), STDERR_FILENO));
  }
  ~SocketForStderr() { common::install_fd(stderr_.get(), STDERR_FILENO); }
  SocketForStderr(const SocketForStderr&) = delete;
  SocketForStderr& operator=(const SocketForStderr&) = delete;

  /// What has been logged so far.
  std::vector<std::string> lines() const {
    std::vector<std::string> lines;
    std::array<char, 65536> buffer{};
    while (true) {
      const ssize_t got = ::recv(reader_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (got <= 0) return lines;
      lines.emplace_back(buffer.data(), static_cast<std::size_t>(got));
    }
  }
  void close_reader() { reader_.reset(); }

 private:
  common::Fd stderr_;
  common::Fd reader_;
};

TEST(Log, KnowsTheLevelsByName) {
  log::Level level = log::Level::kInfo;
  EXPECT_TRUE(log::parse_level("warning", level));
  EXPECT_EQ(level, log::Level::kWarning);
  EXPECT_FALSE(log::parse_level("loud", level));
}

TEST(Log, NeverWaitsForItsReader) {
  const SocketForStderr log;
  constexpr int kMore = 5000;  // than a socket takes
  for (int i = 0; i < kMore; ++i) log::info("line {}", i);
  const auto taken = log.lines();
  ASSERT_LT(taken.size(), kMore);
  EXPECT_NE(taken.back().find(fmt::format("line {}\n", taken.size() - 1)), std::string::npos);

  log::info("after that");
  const auto rest = log.lines();
  ASSERT_EQ(rest.size(), 2);
  EXPECT_NE(rest[0].find(fmt::format("warning zomg-ssh[{}]: {} lines of the log were lost",
                                     ::getpid(), kMore - taken.size())),
            std::string::npos)
      << rest[0];
  EXPECT_NE(rest[1].find("after that\n"), std::string::npos);
}

TEST(Log, SaysOnceHowManyLinesWereLost) {
  const SocketForStderr log;
  for (int i = 0; i < 5000; ++i) log::info("line {}", i);
  log::tell_lost();
  EXPECT_GT(log.lines().size(), 1);
  log::tell_lost();
  log::tell_lost();
  EXPECT_EQ(log.lines().size(), 1);
}

TEST(Log, SurvivesTheEndOfItsReader) {
  SocketForStderr log;
  log.close_reader();
  log::info("to nobody");  // no SIGPIPE
}

TEST(Log, CutsALineThatIsTooLong) {
  const SocketForStderr log;
  log::info("{}", std::string(100'000, 'x'));
  const auto lines = log.lines();
  ASSERT_FALSE(lines.empty());
  EXPECT_EQ(lines.back().size(), 16 * 1024);
  EXPECT_EQ(lines.back().substr(lines.back().size() - 5), "x...\n");
}

}  // namespace
}  // namespace zomg
