// What filters allow on each architecture that we build for, whatever this machine's is.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <vector>

#include "common/base/fd.h"
#include "common/sandbox/seccomp/call_form.h"
#include "common/sandbox/seccomp/connection_calls.h"
#include "common/sandbox/seccomp/https_calls.h"
#include "common/sandbox/seccomp/newer_calls.h"
#include "common/sandbox/seccomp/seccomp.h"

namespace zomg::sandbox {
namespace {

/// A filter as the kernel runs it.
class Filter {
 public:
  Filter(std::uint32_t architecture, std::span<const SyscallSet> sets, DeniedAction otherwise)
      : architecture_(architecture) {
    seccomp_api_set(3);  // which kills processes, whatever the kernel of this machine can do
    const common::Fd file(::memfd_create("filter", MFD_CLOEXEC));
    const auto written = export_filter(file.get(), architecture, sets, otherwise);
    EXPECT_TRUE(written) << written.error().message;
    const auto bytes = static_cast<std::size_t>(::lseek(file.get(), 0, SEEK_END));
    program_.resize(bytes / sizeof(sock_filter));
    EXPECT_EQ(::pread(file.get(), program_.data(), bytes, 0), static_cast<ssize_t>(bytes));
  }

  /// What becomes of a call, SECCOMP_RET_…, by its number.
  std::uint32_t answer(int number, std::array<std::uint64_t, 3> arguments = {}) const {
    seccomp_data data{};
    data.nr = number;
    data.arch = architecture_;
    for (std::size_t i = 0; i < arguments.size(); ++i) data.args[i] = arguments.at(i);
    std::uint32_t word = 0;
    for (std::size_t at = 0; at < program_.size(); ++at) {
      const sock_filter& step = program_[at];
      switch (step.code) {
        case BPF_LD | BPF_W | BPF_ABS:
          std::memcpy(&word, reinterpret_cast<const char*>(&data) + step.k, sizeof(word));
          break;
        case BPF_ALU | BPF_AND | BPF_K:
          word &= step.k;
          break;
        case BPF_JMP | BPF_JA:
          at += step.k;
          break;
        case BPF_JMP | BPF_JEQ | BPF_K:
          at += word == step.k ? step.jt : step.jf;
          break;
        case BPF_JMP | BPF_JGE | BPF_K:
          at += word >= step.k ? step.jt : step.jf;
          break;
        case BPF_JMP | BPF_JGT | BPF_K:
          at += word > step.k ? step.jt : step.jf;
          break;
        case BPF_RET | BPF_K:
          return step.k & SECCOMP_RET_ACTION_FULL;
        default:
          ADD_FAILURE() << "an unknown step " << step.code;
          return 0;
      }
    }
    return 0;
  }

  /// The same by its name.
  std::uint32_t answer(const char* name, std::array<std::uint64_t, 3> arguments = {}) const {
    return answer(seccomp_syscall_resolve_name_arch(architecture_, name), arguments);
  }

 private:
  std::uint32_t architecture_;
  std::vector<sock_filter> program_;
};

class Architectures : public testing::TestWithParam<std::uint32_t> {};

TEST_P(Architectures, AConnectionProcessWaitsAndHandlesDescriptorsAsTheLibraryDoesThere) {
  const std::array sets{kRuntime, kConnectionSets[0], kConnectionSets[1],
                        SyscallSet{"newer libraries, in vain", kNewerCalls}};
  const Filter filter(GetParam(), sets, DeniedAction::kKillUnlessNoted);
  const bool old_calls = GetParam() == SCMP_ARCH_X86_64;
  EXPECT_EQ(filter.answer("ppoll"), old_calls ? SECCOMP_RET_TRAP : SECCOMP_RET_ALLOW);
  if (old_calls) {
    EXPECT_EQ(filter.answer("poll"), SECCOMP_RET_ALLOW);
  }
  for (const char* allowed : {"read", "write", "sendto", "recvmsg", "newfstatat", "futex"}) {
    EXPECT_EQ(filter.answer(allowed), SECCOMP_RET_ALLOW) << allowed;
  }
  EXPECT_EQ(filter.answer("fcntl", {0, F_GETFL}), SECCOMP_RET_ALLOW);
  for (const char* killed : {"openat", "execve", "socket", "clone", "ptrace", "dup3"}) {
    EXPECT_EQ(filter.answer(killed), SECCOMP_RET_KILL_PROCESS) << killed;
  }
  EXPECT_EQ(filter.answer("fcntl", {0, F_DUPFD}), SECCOMP_RET_KILL_PROCESS);
  EXPECT_EQ(filter.answer("mmap", {0, 4096, PROT_EXEC}), SECCOMP_RET_KILL_PROCESS);
}

TEST_P(Architectures, FetchingOverHttpsWaitsAsTheLibraryDoesThere) {
  const std::array sets{kRuntime, kThreads, kHttps};
  const Filter filter(GetParam(), sets, DeniedAction::kRefuse);
  EXPECT_EQ(filter.answer(GetParam() == SCMP_ARCH_X86_64 ? "poll" : "ppoll"), SECCOMP_RET_ALLOW);
  EXPECT_EQ(filter.answer("clone3"), SECCOMP_RET_ERRNO);
  EXPECT_EQ(filter.answer("bpf"), SECCOMP_RET_KILL_PROCESS);
  EXPECT_EQ(filter.answer("mkdirat"), SECCOMP_RET_TRAP);
}

TEST_P(Architectures, TheWayThroughAnExecIsOpen) {
  const std::array sets{kRuntime, kStartup};
  const Filter filter(GetParam(), sets, DeniedAction::kKill);
  for (const char* allowed : {"set_tid_address", "set_robust_list", "rseq", "readlinkat", "brk",
                              "faccessat", "getrandom", "newfstatat"}) {
    // x86_64 has access(2) of its own.
    if (GetParam() == SCMP_ARCH_X86_64 && std::string_view(allowed) == "faccessat") continue;
    EXPECT_EQ(filter.answer(allowed), SECCOMP_RET_ALLOW) << allowed;
  }
}

/// What is called by the number of the other architecture's is another call, and one of the other
/// architecture is killed.
TEST_P(Architectures, TheOtherArchitectureIsKilled) {
  const std::uint32_t other = GetParam() == SCMP_ARCH_X86_64 ? SCMP_ARCH_AARCH64 : SCMP_ARCH_X86_64;
  const std::array sets{kRuntime};
  const Filter filter(GetParam(), sets, DeniedAction::kFail);
  EXPECT_EQ(filter.answer("write"), SECCOMP_RET_ALLOW);
  const int elsewhere = seccomp_syscall_resolve_name_arch(other, "write");
  EXPECT_NE(filter.answer(elsewhere), SECCOMP_RET_ALLOW);
}

INSTANTIATE_TEST_SUITE_P(WeBuildFor, Architectures,
                         testing::Values(SCMP_ARCH_X86_64, SCMP_ARCH_AARCH64),
                         [](const auto& chosen) {
                           return chosen.param == SCMP_ARCH_X86_64 ? "Amd64" : "Arm64";
                         });

/// Where there is no other.
TEST(CallForm, IsTheNewerCall) {
  EXPECT_STREQ(*call_form("poll", SCMP_ARCH_X86_64), "poll");
  EXPECT_STREQ(*call_form("poll", SCMP_ARCH_AARCH64), "ppoll");
  EXPECT_STREQ(*call_form("dup2", SCMP_ARCH_AARCH64), "dup3");
}

TEST(CallForm, IsNoneWhereTheArchitectureNeedsNoSuchCall) {
  const auto form = call_form("arch_prctl", SCMP_ARCH_AARCH64);
  ASSERT_TRUE(form);
  EXPECT_EQ(*form, nullptr);
}

TEST(CallForm, IsAnErrorOfANameThatNoArchitectureHas) {
  EXPECT_FALSE(call_form("pol", SCMP_ARCH_X86_64));
}

TEST(CallForm, IsAnErrorWhereConditionsAreOnOtherArguments) {
  const Call reading("open", (arg(1) & O_ACCMODE) == O_RDONLY);
  EXPECT_TRUE(call_form(reading, SCMP_ARCH_X86_64));
  EXPECT_FALSE(call_form(reading, SCMP_ARCH_AARCH64));
}

}  // namespace
}  // namespace zomg::sandbox
