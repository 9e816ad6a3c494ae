#include "common/sandbox/seccomp/prepared_filter.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <functional>

#include "common/base/fd.h"

namespace zomg::sandbox {
namespace {

constexpr std::int32_t kGroup = -12345;
constexpr auto kMade = std::to_array<Call>({"wait4", {"kill", arg(0) == PreparedFilter::kTold}});
constexpr auto kMeant = std::to_array<Call>({"wait4", {"kill", arg(0) == kGroup}});

std::vector<sock_filter> exported(std::span<const SyscallSet> sets) {
  const common::Fd file(::memfd_create("filter", MFD_CLOEXEC));
  EXPECT_TRUE(export_filter(file.get(), seccomp_arch_native(), sets, DeniedAction::kKill));
  const auto bytes = static_cast<std::size_t>(::lseek(file.get(), 0, SEEK_END));
  std::vector<sock_filter> program(bytes / sizeof(sock_filter));
  EXPECT_EQ(::pread(file.get(), program.data(), bytes, 0), static_cast<ssize_t>(bytes));
  return program;
}

/// The wait status of a child that loads the filter for kGroup, does `work`, and tells its result.
int run(const PreparedFilter& filter, const std::function<bool()>& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    ::_exit(filter.load(kGroup) && work() ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

PreparedFilter made() {
  auto filter = PreparedFilter::make(std::array{kRuntime, SyscallSet{"this test", kMade}});
  EXPECT_TRUE(filter) << filter.error().message;
  return std::move(*filter);
}

TEST(PreparedFilter, IsTheOneThatWouldHaveBeenMadeForTheProcess) {
  const auto loaded = made().program(::getpid(), kGroup);
  const auto direct = exported(std::array{kRuntime, SyscallSet{"this test", kMeant}});
  ASSERT_EQ(loaded.size(), direct.size());
  EXPECT_EQ(std::memcmp(loaded.data(), direct.data(), direct.size() * sizeof(sock_filter)), 0);
}

TEST(PreparedFilter, LetsAProcessSignalWhomItWasTold) {
  const auto filter = made();
  // There is no such group.
  EXPECT_EQ(run(filter, [] { return ::kill(kGroup, SIGTERM) != 0 && errno == ESRCH; }), 0);
#ifndef ZOMG_SANITIZED
  EXPECT_EQ(run(filter, [] { return ::kill(kGroup + 1, SIGTERM) != 0; }) & 0x7f, SIGSYS);
#endif
}

#ifndef ZOMG_SANITIZED
TEST(PreparedFilter, LetsTheProcessThatLoadsItSignalItself) {
  const auto filter = made();
  EXPECT_EQ(run(filter, [] { return ::raise(SIGABRT) == 0; }) & 0x7f, SIGABRT);
  const pid_t maker = ::getpid();
  EXPECT_EQ(run(filter, [maker] { return ::tgkill(maker, maker, SIGCONT) == 0; }) & 0x7f, SIGSYS);
}
#endif

TEST(PreparedFilter, IsNoneWhereAnotherProcessIsMeant) {
  constexpr auto calls = std::to_array<Call>({{"kill", arg(0) != OwnProcess::kPid}});
  EXPECT_FALSE(PreparedFilter::make(std::array{SyscallSet{"this test", calls}}));
}

TEST(PreparedFilter, IsNoneWhereANumberMeansSomethingElse) {
  constexpr auto calls = std::to_array<Call>({{"kill", arg(0) == PreparedFilter::kTold},
                                              {"fcntl", (arg(1) & PreparedFilter::kTold) == 1}});
  EXPECT_FALSE(PreparedFilter::make(std::array{SyscallSet{"this test", calls}}));
}

}  // namespace
}  // namespace zomg::sandbox
