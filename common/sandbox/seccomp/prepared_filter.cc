#include "common/sandbox/seccomp/prepared_filter.h"

#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

#include "common/base/fd.h"
#include "common/sandbox/seccomp/refused_call.h"

namespace zomg::sandbox {
namespace {

using common::errno_error;
using common::Result;

/// In the place of the own pid. Larger than any pid can be, as PreparedFilter::kTold is.
constexpr std::uint32_t kOwnMark = 0x6f776e21;
constexpr auto kToldMark = static_cast<std::uint32_t>(PreparedFilter::kTold);

/// That of a condition for equality, which is the only place of a mark.
constexpr std::uint16_t kEquals = BPF_JMP | BPF_JEQ | BPF_K;

/// The calls of a set, with a mark in the place of the own pid.
Result<std::vector<Call>> with_marks(const SyscallSet& set) {
  std::vector<Call> calls(set.calls.begin(), set.calls.end());
  for (Call& call : calls) {
    for (Condition& condition : call.conditions) {
      if (condition.kind == Condition::Kind::kAnother) {
        return common::error("{}: a prepared filter knows no other process", call.name);
      }
      if (condition.kind != Condition::Kind::kOwnProcess) continue;
      condition.kind = Condition::Kind::kBits;
      condition.value = kOwnMark & condition.mask;
    }
  }
  return calls;
}

std::size_t count_conditions(const std::vector<SyscallSet>& sets, std::uint32_t mark) {
  std::size_t count = 0;
  for (const SyscallSet& set : sets) {
    for (const Call& call : set.calls) {
      count += static_cast<std::size_t>(
          std::count_if(call.conditions.begin(), call.conditions.end(),
                        [mark](const Condition& condition) { return condition.value == mark; }));
    }
  }
  return count;
}

/// Whether `mark` is where conditions are, as often as it is in those of `sets`, and nowhere else.
bool has_marks(const std::vector<sock_filter>& draft, const std::vector<SyscallSet>& sets,
               std::uint32_t mark) {
  std::size_t found = 0;
  for (const sock_filter& step : draft) {
    if (step.k != mark) continue;
    if (step.code != kEquals) return false;
    ++found;
  }
#ifdef ZOMG_SANITIZED  // whose run-time library makes some of these calls, without a condition
  return found <= count_conditions(sets, mark);
#else
  return found == count_conditions(sets, mark);
#endif
}

Result<std::vector<sock_filter>> draft(std::span<const SyscallSet> sets) {
  const common::Fd file(::memfd_create("filter", MFD_CLOEXEC));
  if (!file) return errno_error("memfd_create");
  auto written = export_filter(file.get(), seccomp_arch_native(), sets, DeniedAction::kKill);
  if (!written) return written.error();
  const off_t size = ::lseek(file.get(), 0, SEEK_END);
  if (size <= 0) return errno_error("an exported filter");
  std::vector<sock_filter> program(static_cast<std::size_t>(size) / sizeof(sock_filter));
  if (::pread(file.get(), program.data(), static_cast<std::size_t>(size), 0) != size) {
    return errno_error("an exported filter");
  }
  return program;
}

}  // namespace

Result<PreparedFilter> PreparedFilter::make(std::span<const SyscallSet> sets) {
  std::vector<std::vector<Call>> calls;
  std::vector<SyscallSet> marked;
  for (const SyscallSet& set : sets) {
    auto marked_calls = with_marks(set);
    if (!marked_calls) return marked_calls.error();
    calls.push_back(std::move(*marked_calls));
    marked.push_back({set.reason, calls.back()});
  }
  auto program = draft(marked);
  if (!program) return program.error();
  if (!has_marks(*program, marked, kOwnMark) || !has_marks(*program, marked, kToldMark)) {
    return common::error("a filter does not have its numbers where they can be changed");
  }
  return PreparedFilter(std::move(*program));
}

std::vector<sock_filter> PreparedFilter::program(pid_t own, std::int32_t told) const {
  std::vector<sock_filter> program = draft_;
  for (sock_filter& step : program) {
    if (step.code != kEquals) continue;
    if (step.k == kOwnMark) {
      step.k = static_cast<std::uint32_t>(own);
    } else if (step.k == kToldMark) {
      step.k = static_cast<std::uint32_t>(told);
    }
  }
  return program;
}

Result<void> PreparedFilter::load(std::int32_t told) const {
#ifndef NDEBUG
  report_refused_calls(AfterRefusal::kDies);
#endif
  std::vector<sock_filter> steps = program(::getpid(), told);
  const sock_fprog loaded{static_cast<unsigned short>(steps.size()), steps.data()};
  if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &loaded) != 0) {
    return errno_error("seccomp");
  }
  return {};
}

}  // namespace zomg::sandbox
