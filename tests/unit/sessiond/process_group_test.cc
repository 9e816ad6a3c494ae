#include "sessiond/process_group.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/fd.h"

namespace zomg::sessiond {
namespace {

/// A child in process group `group` (0: one of its own) that waits for a signal.
pid_t start_child(pid_t group, bool ignores_hangup) {
  auto ready = common::make_pipe();
  const pid_t child = ::fork();
  if (child == 0) {
    ::setpgid(0, group);
    if (ignores_hangup) ::signal(SIGHUP, SIG_IGN);
    ready->second.reset();
    while (true) ::pause();
  }
  ready->second.reset();
  char byte = 0;
  [[maybe_unused]] const ssize_t got = ::read(ready->first.get(), &byte, 1);  // EOF: it is set up
  return child;
}

int end(pid_t child) {
  ::kill(child, SIGTERM);
  int status = 0;
  ::waitpid(child, &status, 0);
  return WTERMSIG(status);
}

TEST(ProcessGroup, KillsMembersButNotThoseThatIgnoreHangup) {
  const common::Fd proc(::open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC));
  const pid_t leader = start_child(0, false);
  const pid_t stubborn = start_child(leader, true);
  const pid_t stranger = start_child(0, false);
  kill_unless_ignoring_hangup(proc.get(), leader);
  EXPECT_EQ(end(leader), SIGKILL);
  EXPECT_EQ(end(stubborn), SIGTERM);
  EXPECT_EQ(end(stranger), SIGTERM);
}

TEST(ProcessGroup, SeesMembersBesideItsLeader) {
  const common::Fd proc(::open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC));
  const pid_t leader = start_child(0, false);
  EXPECT_FALSE(has_other_members(proc.get(), leader));
  const pid_t member = start_child(leader, false);
  EXPECT_TRUE(has_other_members(proc.get(), leader));
  end(member);
  EXPECT_FALSE(has_other_members(proc.get(), leader));
  end(leader);
}

}  // namespace
}  // namespace zomg::sessiond
