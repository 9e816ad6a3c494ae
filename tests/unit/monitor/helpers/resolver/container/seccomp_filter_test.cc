#include "monitor/helpers/resolver/container/seccomp_filter.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include <nlohmann/json.hpp>

#include "common/base/limits.h"
#include "monitor/helpers/resolver/container/seccomp_filter_cache.h"

namespace zomg::resolver {
namespace {

common::Result<common::Fd> compile(const std::string& text) {
  auto profile = parse_seccomp_profile(nlohmann::json::parse(text));
  if (!profile) return profile.error();
  return compile_seccomp_filter(*profile);
}

constexpr int kAllowed = 200;

/// The errno of a system call under a profile, kAllowed if it succeeded; minus the signal that it
/// died of.
int outcome(const std::string& profile, const std::function<long()>& call) {
  const auto memfd = compile(profile);
  EXPECT_TRUE(memfd) << memfd.error().message;
  std::vector<sock_filter> code(limits::kMaxSeccompFilterBytes / sizeof(sock_filter));
  const ssize_t size = ::pread(memfd->get(), code.data(), code.size() * sizeof(sock_filter), 0);
  const sock_fprog program{
      static_cast<unsigned short>(static_cast<std::size_t>(size) / sizeof(sock_filter)),
      code.data()};
  const pid_t child = ::fork();
  if (child == 0) {
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0) ::_exit(255);
    ::_exit(call() < 0 ? errno : kAllowed);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

long getppid_call() {
  return ::syscall(SYS_getppid);
}
long umask_of(long value) {
  return ::syscall(SYS_umask, value);
}

std::string allow_but(const std::string& rules) {
  return R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [)" + rules + "]}";
}

TEST(SeccompFilter, RefusesWithTheErrnoOfTheRule) {
  EXPECT_EQ(
      outcome(allow_but(R"({"names": ["getppid"], "action": "SCMP_ACT_ERRNO"})"), getppid_call),
      EPERM);
  EXPECT_EQ(outcome(allow_but(R"({"names": ["getppid"], "action": "SCMP_ACT_ERRNO",
                                  "errnoRet": 42})"),
                    getppid_call),
            42);
  EXPECT_EQ(outcome(allow_but(""), getppid_call), kAllowed);
}

TEST(SeccompFilter, KillsAndTraps) {
  for (const char* action : {"SCMP_ACT_KILL", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_TRAP"}) {
    EXPECT_EQ(outcome(allow_but(fmt::format(R"({{"names": ["getppid"], "action": "{}"}})", action)),
                      getppid_call),
              -SIGSYS)
        << action;
  }
}

TEST(SeccompFilter, LooksAtArguments) {
  const auto rule = [](const std::string& args) {
    return allow_but(R"({"names": ["umask"], "action": "SCMP_ACT_ERRNO", "args": [)" + args + "]}");
  };
  const auto under = [](long value) { return [value] { return umask_of(value); }; };
  const std::string masked =
      rule(R"({"index": 0, "value": 3, "valueTwo": 1, "op": "SCMP_CMP_MASKED_EQ"})");
  EXPECT_EQ(outcome(masked, under(5)), EPERM);
  EXPECT_EQ(outcome(masked, under(7)), kAllowed);
  const std::string between = rule(R"({"index": 0, "value": 4, "op": "SCMP_CMP_GE"},
                                      {"index": 1, "value": 9, "op": "SCMP_CMP_EQ"})");
  EXPECT_EQ(outcome(between, [] { return ::syscall(SYS_umask, 4, 9); }), EPERM);
  EXPECT_EQ(outcome(between, [] { return ::syscall(SYS_umask, 4, 8); }), kAllowed);
}

TEST(SeccompFilter, ConditionsOnOneArgumentAreAlternatives) {
  const std::string either = allow_but(R"({"names": ["umask"], "action": "SCMP_ACT_ERRNO",
                    "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"},
                             {"index": 0, "value": 2, "op": "SCMP_CMP_EQ"}]})");
  EXPECT_EQ(outcome(either, [] { return umask_of(1); }), EPERM);
  EXPECT_EQ(outcome(either, [] { return umask_of(2); }), EPERM);
  EXPECT_EQ(outcome(either, [] { return umask_of(3); }), kAllowed);
}

TEST(SeccompFilter, PassesOverNamesThatAreNone) {
  EXPECT_EQ(outcome(allow_but(R"({"names": ["no_such_call", "getppid"],
                                  "action": "SCMP_ACT_ERRNO"})"),
                    getppid_call),
            EPERM);
}

constexpr const char* kListOfAllowed =
    R"({"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86", "SCMP_ARCH_X32"],
        "syscalls": [{"names": ["exit_group", "exit", "rseq"], "action": "SCMP_ACT_ALLOW"}]})";

TEST(SeccompFilter, AnswersCallsNewerThanTheProfileWithEnosys) {
  EXPECT_EQ(outcome(kListOfAllowed, getppid_call), EPERM);
  EXPECT_EQ(outcome(kListOfAllowed, [] { return ::syscall(SYS_pidfd_open, 1, 0); }), ENOSYS);
  EXPECT_EQ(outcome(kListOfAllowed, [] { return ::syscall(5000); }), ENOSYS);
#ifdef __x86_64__
  // Of x32 the profile names calls of other numbers.
  EXPECT_EQ(outcome(kListOfAllowed, [] { return ::syscall(0x40000000 + SYS_getppid); }), EPERM);
  EXPECT_EQ(outcome(kListOfAllowed, [] { return ::syscall(0x40000000 + 5000); }), ENOSYS);
#endif
}

TEST(SeccompFilter, AnswersNewerCallsAsTheOthersWhereTheDefaultIsToAllow) {
  EXPECT_EQ(outcome(allow_but(R"({"names": ["getppid"], "action": "SCMP_ACT_ERRNO"})"),
                    [] { return ::syscall(5000); }),
            ENOSYS);  // of the kernel itself
}

TEST(SeccompFilter, CannotBeChanged) {
  const auto memfd = compile(kListOfAllowed);
  ASSERT_TRUE(memfd);
  EXPECT_EQ(::pwrite(memfd->get(), "x", 1, 0), -1);
  EXPECT_EQ(::ftruncate(memfd->get(), 0), -1);
}

TEST(SeccompFilter, ThatIsTooLongIsRefused) {
  std::string rules;
  for (std::uint64_t i = 0; i < 2100; ++i) {
    rules += fmt::format(R"({}{{"names": ["umask"], "action": "SCMP_ACT_ERRNO", "errnoRet": {},
        "args": [{{"index": 0, "value": {}, "op": "SCMP_CMP_EQ"}}]}})",
                         i == 0 ? "" : ",", i % 2 + 1, (1UL << 32 | 1) * i);
  }
  EXPECT_FALSE(compile(allow_but(rules)));
}

TEST(SeccompFilterCache, GivesTheSameFilterAgain) {
  SeccompFilterCache cache;
  const auto one = cache.get(kListOfAllowed);
  const auto other = cache.get(kListOfAllowed);
  ASSERT_TRUE(one && other);
  struct stat first {};
  struct stat second {};
  ASSERT_EQ(::fstat(one->program.get(), &first), 0);
  ASSERT_EQ(::fstat(other->program.get(), &second), 0);
  EXPECT_EQ(first.st_ino, second.st_ino);
}

TEST(SeccompFilterCache, ForgetsTheOldest) {
  SeccompFilterCache cache;
  const auto inode = [&cache](std::size_t errno_value) {
    const auto filter = cache.get(fmt::format(
        R"({{"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": {}}})", errno_value));
    struct stat status {};
    EXPECT_EQ(::fstat(filter->program.get(), &status), 0);
    return status.st_ino;
  };
  const ino_t oldest = inode(1);
  const ino_t second = inode(2);
  for (std::size_t i = 3; i <= limits::kMaxSeccompFilters; ++i) inode(i);
  EXPECT_EQ(inode(1), oldest);  // used last now
  inode(limits::kMaxSeccompFilters + 1);
  EXPECT_EQ(inode(1), oldest);
  EXPECT_NE(inode(2), second);
}

TEST(SeccompFilterCache, RefusesWhatIsNoProfile) {
  SeccompFilterCache cache;
  EXPECT_FALSE(cache.get("{"));
  EXPECT_FALSE(cache.get("{}"));
}

}  // namespace
}  // namespace zomg::resolver
