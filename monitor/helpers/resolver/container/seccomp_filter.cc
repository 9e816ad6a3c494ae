#include "monitor/helpers/resolver/container/seccomp_filter.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <memory>

#include "common/base/limits.h"
#include "common/base/seal.h"

namespace zomg::resolver {
namespace {

using common::Fd;
using common::Result;

using Filter = std::unique_ptr<void, void (*)(void*)>;

Result<void> check(int status, std::string_view what) {
  if (status == 0) return {};
  return common::Error{fmt::format("seccomp profile: {}", what), -status};
}

/// Whether two conditions are on one argument: libseccomp cannot say "and" of those.
bool repeats_an_argument(const std::vector<scmp_arg_cmp>& arguments) {
  std::array<bool, 6> seen{};
  return std::any_of(arguments.begin(), arguments.end(), [&seen](const scmp_arg_cmp& argument) {
    return std::exchange(seen.at(argument.arg), true);
  });
}

int add_call(void* filter, const SeccompRule& rule, int number) {
  if (!repeats_an_argument(rule.arguments)) {
    return seccomp_rule_add_array(filter, rule.action, number,
                                  static_cast<unsigned>(rule.arguments.size()),
                                  rule.arguments.data());
  }
  for (const scmp_arg_cmp& argument : rule.arguments) {
    const int status = seccomp_rule_add_array(filter, rule.action, number, 1, &argument);
    if (status != 0 && status != -EEXIST) return status;
  }
  return 0;
}

Result<Filter> build(const SeccompProfile& profile) {
  Filter filter(seccomp_init(profile.default_action), [](void* f) { seccomp_release(f); });
  if (!filter) return common::error("seccomp profile: no filter of its default action");
  // Before the rules: each is added for the architectures that are there.
  for (const std::uint32_t token : profile.architectures) {
    const int status = seccomp_arch_add(filter.get(), token);
    if (status != 0 && status != -EEXIST) {
      return check(status, "an architecture that cannot go with this one").error();
    }
  }
  for (const SeccompRule& rule : profile.rules) {
    if (rule.action == profile.default_action) continue;
    for (const std::string& name : rule.names) {
      const int number = seccomp_syscall_resolve_name(name.c_str());
      if (number == __NR_SCMP_ERROR) continue;
      const int status = add_call(filter.get(), rule, number);
      if (status != 0 && status != -EEXIST) return check(status, name).error();
    }
  }
  return filter;
}

bool refuses(std::uint32_t action) {
  return action != SCMP_ACT_ALLOW && action != SCMP_ACT_LOG &&
         (action & SECCOMP_RET_ACTION_FULL) != SECCOMP_RET_TRACE;
}

/// The highest number that the profile names, by architecture.
std::map<std::uint32_t, std::uint32_t> last_calls(const SeccompProfile& profile) {
  std::vector<std::uint32_t> tokens = profile.architectures;
  tokens.push_back(seccomp_arch_native());
  std::map<std::uint32_t, std::uint32_t> last;
  for (const std::uint32_t token : tokens) {
    for (const SeccompRule& rule : profile.rules) {
      for (const std::string& name : rule.names) {
        const int number = seccomp_syscall_resolve_name_arch(token, name.c_str());
        if (number < 0) continue;
        auto& highest = last[token];
        highest = std::max(highest, static_cast<std::uint32_t>(number));
      }
    }
  }
  return last;
}

constexpr std::uint32_t kX32Bit = 0x40000000;

sock_filter load(std::size_t offset) {
  return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset));
}

/// Before the profile's own program: ENOSYS to calls that are newer than the profile.
std::vector<sock_filter> newer_calls(const SeccompProfile& profile) {
  std::vector<sock_filter> program;
  for (const auto& [token, last] : last_calls(profile)) {
    // x32 has the token of x86_64, and a bit in its numbers.
    const bool x32 = token == SCMP_ARCH_X32;
    const std::uint32_t audited = x32 ? SCMP_ARCH_X86_64 : token;
    std::vector<sock_filter> block;
    block.push_back(load(offsetof(seccomp_data, nr)));
    if (audited == SCMP_ARCH_X86_64) {
      // The other kind goes past the two that follow.
      const auto over = [](bool yes) { return static_cast<std::uint8_t>(yes ? 2 : 0); };
      block.push_back(BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, kX32Bit, over(!x32), over(x32)));
    }
    block.push_back(BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, x32 ? last | kX32Bit : last, 0, 1));
    block.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS));
    program.push_back(load(offsetof(seccomp_data, arch)));
    program.push_back(
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, audited, 0, static_cast<std::uint8_t>(block.size())));
    for (const sock_filter& step : block) program.push_back(step);
  }
  return program;
}

}  // namespace

Result<Fd> compile_seccomp_filter(const SeccompProfile& profile) {
  auto filter = build(profile);
  if (!filter) return filter.error();
  Fd fd(::memfd_create("box-seccomp", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd) return common::errno_error("memfd_create");
  std::vector<sock_filter> first;
  if (refuses(profile.default_action)) first = newer_calls(profile);
  const std::size_t bytes = first.size() * sizeof(sock_filter);
  if (::write(fd.get(), first.data(), bytes) != static_cast<ssize_t>(bytes)) {
    return common::errno_error("write the seccomp filter");
  }
  // At the position that the write left: jumps are relative, so one program can follow another.
  if (auto done = check(seccomp_export_bpf(filter->get(), fd.get()), "export"); !done) {
    return done.error();
  }
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return common::errno_error("fstat the seccomp filter");
  if (static_cast<std::size_t>(status.st_size) > limits::kMaxSeccompFilterBytes) {
    return common::error("seccomp profile: its program is longer than the kernel takes");
  }
  if (auto sealed = common::seal(fd.get()); !sealed) {
    return sealed.error().with_context("the seccomp filter");
  }
  return fd;
}

}  // namespace zomg::resolver
