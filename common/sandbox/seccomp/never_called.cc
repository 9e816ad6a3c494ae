#include "common/sandbox/seccomp/never_called.h"

#include <sys/mman.h>

namespace zomg::sandbox {
namespace {

constexpr auto kTakeoverCalls = std::to_array<Call>({
    // Programs, and memory that is one.
    killing("execve"),
    killing("execveat"),
    killing("uselib"),
    killing({"mmap", (arg(2) & PROT_EXEC) == PROT_EXEC}),
    killing({"mprotect", (arg(2) & PROT_EXEC) == PROT_EXEC}),
    killing("pkey_mprotect"),
    killing("personality"),
    killing("modify_ldt"),
    // Other processes.
    killing("fork"),
    killing("vfork"),
    killing("kill"),
    killing("tkill"),
    killing({"tgkill", arg(0) != OwnProcess::kPid}),
    killing("rt_sigqueueinfo"),
    killing("rt_tgsigqueueinfo"),
    killing("ptrace"),
    killing("process_vm_readv"),
    killing("process_vm_writev"),
    killing("process_madvise"),
    killing("pidfd_getfd"),
    killing("kcmp"),
    // Accounts and capabilities.
    killing("setuid"),
    killing("setgid"),
    killing("setreuid"),
    killing("setregid"),
    killing("setresuid"),
    killing("setresgid"),
    killing("setfsuid"),
    killing("setfsgid"),
    killing("setgroups"),
    killing("capset"),
    // Namespaces, roots and mounts.
    killing("unshare"),
    killing("setns"),
    killing("chroot"),
    killing("pivot_root"),
    killing("mount"),
    killing("umount2"),
    killing("open_tree"),
    killing("move_mount"),
    killing("fsopen"),
    killing("fsmount"),
    killing("mount_setattr"),
    killing("mknod"),
    killing("mknodat"),
    killing("open_by_handle_at"),
    // The machine, and what attacks on kernels begin with.
    killing("init_module"),
    killing("finit_module"),
    killing("delete_module"),
    killing("kexec_load"),
    killing("kexec_file_load"),
    killing("reboot"),
    killing("swapon"),
    killing("swapoff"),
    killing("acct"),
    killing("iopl"),
    killing("ioperm"),
    killing("syslog"),
    killing("settimeofday"),
    killing("clock_settime"),
    killing("sethostname"),
    killing("setdomainname"),
    killing("bpf"),
    killing("perf_event_open"),
    killing("userfaultfd"),
    killing("add_key"),
    killing("request_key"),
    killing("keyctl"),
});

}  // namespace

const SyscallSet kNeverCalled{"whoever took the process over", kTakeoverCalls};

}  // namespace zomg::sandbox
