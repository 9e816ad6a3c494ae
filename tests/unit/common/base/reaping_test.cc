#include "common/base/reaping.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <vector>

namespace zomg::common {
namespace {

/// A child that has ended with `status`, and waits to be reaped.
pid_t make_ended(int status) {
  auto child = fork_child();
  EXPECT_TRUE(child);
  if (!*child) ::_exit(status);
  siginfo_t info{};
  EXPECT_EQ(::waitid(P_PID, static_cast<id_t>(child->pid()), &info, WEXITED | WNOWAIT), 0);
  return child->pid();
}

TEST(Reaping, TellsHowEachEnded) {
  const pid_t first = make_ended(3);
  const pid_t second = make_ended(4);
  std::vector<std::pair<pid_t, int>> seen;
  EXPECT_FALSE(reap_some([&seen](pid_t pid, const Result<ExitStatus>& status) {
    seen.emplace_back(pid, status->exit_code);
  }));
  const std::vector<std::pair<pid_t, int>> expected{{first, 3}, {second, 4}};
  EXPECT_EQ(seen, expected);
}

TEST(Reaping, StopsAtABound) {
  constexpr int kChildren = 100;
  for (int i = 0; i < kChildren; ++i) make_ended(0);
  int reaped = 0;
  const auto count = [&reaped](pid_t, const Result<ExitStatus>&) { ++reaped; };
  EXPECT_TRUE(reap_some(count));
  EXPECT_EQ(reaped, 64);
  EXPECT_FALSE(reap_some(count));
  EXPECT_EQ(reaped, kChildren);
}

TEST(Reaping, LeavesTheChildThatSomebodyWaitsFor) {
  const pid_t kept = make_ended(5);
  EXPECT_FALSE(reap_some([](pid_t, const Result<ExitStatus>&) { FAIL(); }, kept));
  EXPECT_EQ(reap(kept)->exit_code, 5);
}

TEST(Adoption, IsOfAChildThatIsNotReaped) {
  const pid_t pid = make_ended(7);
  auto child = adopt(pid);
  ASSERT_TRUE(child);
  EXPECT_EQ(child->pid(), pid);
  const auto status = child->wait();
  ASSERT_TRUE(status);
  EXPECT_EQ(status->exit_code, 7);
  EXPECT_FALSE(adopt(pid));
}

TEST(Adoption, IsOfNobodyElse) {
  for (const pid_t pid : {0, -1, 1, ::getpid(), ::getppid()}) EXPECT_FALSE(adopt(pid)) << pid;
}

}  // namespace
}  // namespace zomg::common
