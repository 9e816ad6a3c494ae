#include "sessiond/container/seccomp_filter.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

#include "common/base/fd.h"
#include "common/base/limits.h"

namespace zomg::sessiond {
namespace {

constexpr int kSeals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;

common::Fd memfd(const std::vector<sock_filter>& program, int seals = kSeals,
                 std::size_t more_bytes = 0) {
  common::Fd fd(::memfd_create("filter", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  const std::size_t size = program.size() * sizeof(sock_filter);
  EXPECT_EQ(::write(fd.get(), program.data(), size), static_cast<ssize_t>(size));
  EXPECT_EQ(::ftruncate(fd.get(), static_cast<off_t>(size + more_bytes)), 0);
  EXPECT_TRUE(seals == 0 || ::fcntl(fd.get(), F_ADD_SEALS, seals) == 0);
  return fd;
}

/// mkdir(2) fails with ENOTTY, which it never does otherwise.
std::vector<sock_filter> no_mkdir() {
  return {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_mkdirat, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOTTY),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
}

TEST(SeccompFilter, IsLoadedAsItWasMade) {
  const pid_t child = ::fork();
  if (child == 0) {
    const auto filter = SeccompFilter::read(memfd(no_mkdir()).get(), SECCOMP_FILTER_FLAG_TSYNC);
    if (!filter || ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || !filter->load()) ::_exit(1);
    ::_exit(::mkdirat(AT_FDCWD, "/nowhere/at/all", 0700) != 0 && errno == ENOTTY ? 0 : 2);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(SeccompFilter, IsNotLoadedWhereTheKernelRefusesIt) {
  const pid_t child = ::fork();
  if (child == 0) {
    // It runs off its end.
    const auto filter = SeccompFilter::read(
        memfd({BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))}).get(), 0);
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    ::_exit(filter && !filter->load() ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(SeccompFilter, ThatCouldStillBeChangedIsRefused) {
  EXPECT_FALSE(SeccompFilter::read(memfd(no_mkdir(), 0).get(), 0));
  EXPECT_FALSE(SeccompFilter::read(memfd(no_mkdir(), F_SEAL_SHRINK | F_SEAL_GROW).get(), 0));
  const common::Fd file(::open("/etc/passwd", O_RDONLY | O_CLOEXEC));
  EXPECT_FALSE(SeccompFilter::read(file.get(), 0));
}

TEST(SeccompFilter, OfAWrongSizeIsRefused) {
  EXPECT_FALSE(SeccompFilter::read(memfd({}).get(), 0));
  EXPECT_FALSE(SeccompFilter::read(memfd(no_mkdir(), kSeals, 4).get(), 0));
  const std::vector<sock_filter> most(limits::kMaxSeccompFilterBytes / sizeof(sock_filter));
  EXPECT_TRUE(SeccompFilter::read(memfd(most).get(), 0));
  EXPECT_FALSE(SeccompFilter::read(memfd(most, kSeals, sizeof(sock_filter)).get(), 0));
}

TEST(SeccompFilter, WithAFlagThatNoContainersHasIsRefused) {
  EXPECT_FALSE(SeccompFilter::read(memfd(no_mkdir()).get(), SECCOMP_FILTER_FLAG_NEW_LISTENER));
  EXPECT_TRUE(SeccompFilter::read(memfd(no_mkdir()).get(),
                                  SECCOMP_FILTER_FLAG_LOG | SECCOMP_FILTER_FLAG_SPEC_ALLOW));
}

}  // namespace
}  // namespace zomg::sessiond
