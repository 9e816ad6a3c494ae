#include "common/base/fd.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace zomg::common {
namespace {

bool is_open(int fd) {
  return ::fcntl(fd, F_GETFD) >= 0;
}

TEST(Fd, ClosesWhatItOwnsAndOnlyThat) {
  int number = -1;
  int given_away = -1;
  {
    const Fd owner(::dup(STDIN_FILENO));
    Fd giver(::dup(STDIN_FILENO));
    number = owner.get();
    given_away = giver.release();
  }
  EXPECT_FALSE(is_open(number));
  EXPECT_TRUE(is_open(given_away));
  ::close(given_away);
}

TEST(Fd, EveryDescriptorIsBornCloexec) {
  const auto sockets = make_packet_socketpair();
  const auto pipe = make_pipe();
  for (const int fd :
       {sockets->first.get(), sockets->second.get(), pipe->first.get(), pipe->second.get()}) {
    EXPECT_NE(::fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
  }
}

TEST(Fd, InstallMakesACopyThatSurvivesExecAlsoOntoItself) {
  const auto pipe = make_pipe();
  const int target = pipe->first.get();
  ASSERT_TRUE(install_fd(target, target));
  EXPECT_EQ(::fcntl(target, F_GETFD) & FD_CLOEXEC, 0);
}

TEST(Fd, CloseAllButKeepsTheStandardOnesAndTheNamed) {
  const pid_t child = ::fork();
  if (child == 0) {
    const int low = ::dup(STDIN_FILENO);
    const int kept = ::fcntl(STDIN_FILENO, F_DUPFD, 50);
    const int high = ::fcntl(STDIN_FILENO, F_DUPFD, 90);
    const bool done = close_all_but({kept, -1});
    ::_exit(done && !is_open(low) && is_open(kept) && !is_open(high) && is_open(STDERR_FILENO) ? 0
                                                                                               : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace zomg::common
