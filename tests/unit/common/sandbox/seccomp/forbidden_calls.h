#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <functional>
#include <new>
#include <set>
#include <string>
#include <vector>

namespace zomg::sandbox {

/// A system call as a process that was taken over would make it.
struct ForbiddenCall {
  std::string what;
  long number = 0;
  std::array<unsigned long, 6> arguments{};
};

/// What no process of ours may do, whatever it is for: reach another process, here `other`, or run
/// code of its own. Where they are let through they do no harm.
inline std::vector<ForbiddenCall> forbidden_calls(pid_t other) {
  const auto pid = static_cast<unsigned long>(other);
  static void* const page =
      ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  const auto memory = reinterpret_cast<unsigned long>(page);
  constexpr unsigned long kExecutable = PROT_READ | PROT_EXEC;
  constexpr unsigned long kMinusOne = ~0UL;
  return {
      {"tgkill of another", SYS_tgkill, {pid, pid, 0}},
      {"tkill", SYS_tkill, {pid, 0}},
      {"kill of another", SYS_kill, {pid, 0}},
      {"kill of its process group", SYS_kill, {0, 0}},
      {"kill of all", SYS_kill, {kMinusOne, 0}},
      {"rt_sigqueueinfo", SYS_rt_sigqueueinfo, {pid, 0, memory}},
      {"rt_tgsigqueueinfo", SYS_rt_tgsigqueueinfo, {pid, pid, 0, memory}},
      {"pidfd_open", SYS_pidfd_open, {pid, 0}},
      {"pidfd_getfd", SYS_pidfd_getfd, {0, 0, 0}},
      {"ptrace", SYS_ptrace, {PTRACE_SEIZE, pid, 0, 0}},
      {"process_vm_readv", SYS_process_vm_readv, {pid, 0, 0, 0, 0, 0}},
      {"process_madvise", SYS_process_madvise, {0, 0, 0, 0, 0}},
      {"kcmp", SYS_kcmp, {pid, pid, 0, 0, 0}},
      {"prlimit64 of another", SYS_prlimit64, {pid, RLIMIT_CPU, 0, 0}},
      {"sched_setaffinity", SYS_sched_setaffinity, {pid, 0, 0}},
      {"setpriority", SYS_setpriority, {0, pid, 0}},
      {"memory with a program",
       SYS_mmap,
       {0, 4096, kExecutable, MAP_PRIVATE | MAP_ANONYMOUS, kMinusOne, 0}},
      {"memory made a program", SYS_mprotect, {memory, 4096, kExecutable}},
      {"the same with a key", SYS_pkey_mprotect, {memory, 4096, kExecutable, kMinusOne}},
      {"READ_IMPLIES_EXEC", SYS_personality, {0x0400000}},
      {"fcntl F_SETOWN", SYS_fcntl, {0, F_SETOWN, pid}},
      {"fcntl F_SETOWN_EX", SYS_fcntl, {0, F_SETOWN_EX, memory}},
      {"fcntl F_SETSIG", SYS_fcntl, {0, F_SETSIG, SIGKILL}},
      {"fcntl F_NOTIFY", SYS_fcntl, {0, F_NOTIFY, 0}},
      {"fcntl F_SETLEASE", SYS_fcntl, {0, F_SETLEASE, F_UNLCK}},
      {"fcntl O_ASYNC", SYS_fcntl, {0, F_SETFL, O_ASYNC}},
      {"ioctl FIOASYNC", SYS_ioctl, {0, FIOASYNC, memory}},
      {"ioctl FIOSETOWN", SYS_ioctl, {0, FIOSETOWN, memory}},
      {"ioctl SIOCSPGRP", SYS_ioctl, {0, SIOCSPGRP, memory}},
      {"ioctl TIOCSTI", SYS_ioctl, {0, TIOCSTI, memory}},
      {"ioctl TIOCSIG", SYS_ioctl, {0, TIOCSIG, 0}},
      {"ioctl TIOCSPGRP", SYS_ioctl, {0, TIOCSPGRP, memory}},
      {"prctl PR_SET_DUMPABLE", SYS_prctl, {PR_SET_DUMPABLE, 1}},
      {"prctl PR_SET_PTRACER", SYS_prctl, {PR_SET_PTRACER, pid}},
      {"prctl PR_SET_MM", SYS_prctl, {PR_SET_MM, PR_SET_MM_BRK, 0, 0, 0}},
      {"prctl PR_SET_CHILD_SUBREAPER", SYS_prctl, {PR_SET_CHILD_SUBREAPER, 1}},
      {"a packet socket", SYS_socket, {AF_PACKET, SOCK_RAW, 0}},
      {"a socket for algorithms", SYS_socket, {AF_ALG, SOCK_SEQPACKET, 0}},
      {"a socket to the hypervisor", SYS_socket, {AF_VSOCK, SOCK_STREAM, 0}},
      {"a raw socket", SYS_socket, {AF_INET, SOCK_RAW, IPPROTO_ICMP}},
      {"a socket for the audit", SYS_socket, {AF_NETLINK, SOCK_RAW, 9}},
      {"a datagram socket by path", SYS_socket, {AF_UNIX, SOCK_DGRAM, 0}},
      {"two of them", SYS_socketpair, {AF_UNIX, SOCK_DGRAM, 0, memory}},
      {"setsockopt SO_ATTACH_FILTER", SYS_setsockopt, {0, SOL_SOCKET, SO_ATTACH_FILTER, 0, 0}},
      {"setsockopt TCP_ULP", SYS_setsockopt, {0, IPPROTO_TCP, TCP_ULP, 0, 0}},
      {"clone into a user namespace", SYS_clone, {CLONE_NEWUSER | SIGCHLD}},
      {"clone with another's signal", SYS_clone, {CLONE_PARENT | SIGKILL}},
      {"clone3", SYS_clone3, {0, 0}},
      {"unshare", SYS_unshare, {CLONE_NEWUSER}},
      {"setns", SYS_setns, {0, 0}},
      {"io_uring_setup", SYS_io_uring_setup, {0, 0}},
      {"bpf", SYS_bpf, {0, 0, 0}},
      {"userfaultfd", SYS_userfaultfd, {0}},
      {"perf_event_open", SYS_perf_event_open, {0, 0, 0, 0, 0}},
      {"keyctl", SYS_keyctl, {0, 0, 0, 0, 0}},
      {"add_key", SYS_add_key, {0, 0, 0, 0, 0}},
      {"execve", SYS_execve, {0, 0, 0}},
      {"mount", SYS_mount, {0, 0, 0, 0, 0}},
      {"setuid", SYS_setuid, {0}},
  };
}

/// How end_by() ends a process whose call failed as its filter has it fail.
constexpr int kRefusedStatus = 77;
/// For EXPECT_EXIT: that the call before the end was refused.
[[noreturn]] inline void end_by(long result) {
  ::_exit(result == -1 && errno == ENOSYS ? kRefusedStatus : 0);
}

/// How end_by_growing() ends a process that its limits keep from having so much memory.
constexpr int kBoundedStatus = 78;
/// For EXPECT_EXIT: that the process, from here on, may not have `bytes` more of memory.
[[noreturn]] inline void end_by_growing(std::size_t bytes) {
  try {
    const std::string big(bytes, 'x');
    ::_exit(big.empty() ? 2 : 1);
  } catch (const std::bad_alloc&) {
    ::_exit(kBoundedStatus);
  }
}

/// That each of forbidden_calls(), but those that `may` names, kills a process that called `enter`,
/// or fails with ENOSYS.
inline void expect_forbidden(const std::function<void()>& enter,
                             const std::set<std::string>& may = {}) {
#ifdef ZOMG_SANITIZED
  GTEST_SKIP() << "the sanitizers' run-time library makes some of them";
#endif
  for (const ForbiddenCall& call : forbidden_calls(::getpid())) {
    if (may.contains(call.what)) continue;
    const pid_t child = ::fork();
    if (child == 0) {
      enter();
      const auto& a = call.arguments;
      const long result = ::syscall(call.number, a[0], a[1], a[2], a[3], a[4], a[5]);
      // The kernel itself does not say so of AF_UNIX.
      const bool refused = errno == ENOSYS || (errno == EAFNOSUPPORT && a[0] == AF_UNIX);
      ::syscall(SYS_exit_group, result == -1 && refused ? kRefusedStatus : 0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    const bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
    const bool refused = WIFEXITED(status) && WEXITSTATUS(status) == kRefusedStatus;
    EXPECT_TRUE(killed || refused) << call.what << ": status " << status;
  }
}

}  // namespace zomg::sandbox
