#include "sessiond/kubectl/sandbox.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <functional>

#include "common/program/confinement.h"
#include "common/sandbox/counted_apart.h"
#include "sessiond/kubectl/kubectl_process.h"
#include "tests/unit/common/sandbox/seccomp/forbidden_calls.h"

namespace zomg::kubectl {
namespace {

constexpr sandbox::Account kAccount{65534, 65534};
constexpr std::string_view kFiles("127.0.0.1 api\0apiVersion: v1\n", 29);

/// Without the pid namespace, which pid_namespace_test.cc looks at.
common::Result<void> enter() {
  const auto account = sandbox::own_account(kAccount);
  auto files = split_files(kFiles, account.uid);
  if (!files) return files.error();
  program::Row row = kRow;
  row.pids = program::Pids::kInherited;
  return program::confine(row, {.account = account, .files = *files});
}

/// Each body runs in a process of its own, under the sandbox: there is no way back out.
class KubectlSandbox : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  }

  static bool holds(const std::function<bool()>& body) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(enter() && body() ? 0 : 1);
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

  static bool is_refused(long result) { return result == -1 && errno == ENOSYS; }
};

TEST_F(KubectlSandbox, RefusesCallsThatReachOtherProcesses) {
  EXPECT_TRUE(holds([] { return is_refused(::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr)); }));
  EXPECT_TRUE(holds([] { return is_refused(::process_vm_readv(1, nullptr, 0, nullptr, 0, 0)); }));
  EXPECT_TRUE(holds([] { return is_refused(::syscall(SYS_pidfd_getfd, 0, 0, 0)); }));
  EXPECT_TRUE(holds([] { return is_refused(::kill(1, 0)); }));
}

TEST_F(KubectlSandbox, ReachesNoOtherProcessAndRunsNoCodeOfItsOwn) {
  sandbox::expect_forbidden(
      [] {
        if (!enter()) ::_exit(99);
      },
      {"tgkill of another"});
}

TEST_F(KubectlSandbox, RefusesCallsThatLeadOutOfIt) {
  EXPECT_TRUE(holds([] { return is_refused(::mount("none", "/", "tmpfs", 0, nullptr)); }));
  EXPECT_TRUE(holds([] { return is_refused(::unshare(CLONE_NEWUSER)); }));
  EXPECT_TRUE(holds([] { return is_refused(::chroot("/")); }));
  EXPECT_TRUE(holds([] { return is_refused(::setuid(0)); }));
  EXPECT_TRUE(holds([] { return is_refused(::listen(0, 1)); }));
}

TEST_F(KubectlSandbox, HasTwoFilesInItsRoot) {
  EXPECT_TRUE(holds([] {
    std::array<char, 64> text{};
    const int kubeconfig = ::open(kKubeconfigPath, O_RDONLY);
    const ssize_t got = ::read(kubeconfig, text.data(), text.size());
    return std::string_view(text.data(), static_cast<std::size_t>(got)) == "apiVersion: v1\n" &&
           ::open(kHostsPath, O_RDONLY) >= 0;
  }));
  EXPECT_TRUE(holds([] {
    return ::open("/etc/passwd", O_RDONLY) < 0 && ::open("/proc/1/status", O_RDONLY) < 0 &&
           ::open("/made", O_CREAT | O_WRONLY, 0600) < 0 && ::open(kKubeconfigPath, O_WRONLY) < 0;
  }));
}

TEST_F(KubectlSandbox, WantsBothFiles) {
  EXPECT_FALSE(split_files("only one", kAccount.uid));
}

TEST_F(KubectlSandbox, WantsAPidNamespaceOfItsOwn) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(program::confine(kRow, {.account = kAccount}) ? 0 : 1);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 1);
}

}  // namespace
}  // namespace zomg::kubectl
