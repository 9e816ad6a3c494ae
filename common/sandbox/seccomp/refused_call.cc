#include "common/sandbox/seccomp/refused_call.h"

#include <seccomp.h>
#include <signal.h>
#include <ucontext.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>

#include "common/base/signal_safe_log.h"

namespace zomg::sandbox {
namespace {

/// sigaction(2) SYS_SECCOMP, which the C library's header lacks.
constexpr int kFromFilter = 1;
constexpr std::size_t kNumbers = 512;

/// Looked up beforehand: nothing can be allocated in the handler. Those over the end have none.
std::array<const char*, kNumbers> names{};
/// How often each was refused. The last one is of all over the end.
std::array<std::atomic<std::uint32_t>, kNumbers + 1> counts{};
static_assert(std::atomic<std::uint32_t>::is_always_lock_free);
AfterRefusal then = AfterRefusal::kDies;

/// Whether it was refused, and whether take_refused_call() told so.
struct Notice {
  std::atomic<bool> refused = false;
  bool told = false;
};
std::array<Notice, kNumbers> notices;
std::atomic<bool> any_untold = false;
static_assert(std::atomic<bool>::is_always_lock_free);

class Hexadecimal {
 public:
  explicit Hexadecimal(std::uint64_t number) {
    do {
      digits_[--first_] = "0123456789abcdef"[number & 0xf];
      number >>= 4;
    } while (number != 0);
    digits_[--first_] = 'x';
    digits_[--first_] = '0';
  }
  std::string_view text() const { return {digits_.data() + first_, digits_.size() - first_}; }

 private:
  std::array<char, 18> digits_{};
  std::size_t first_ = digits_.size();
};

#if defined(__x86_64__)
std::uint64_t argument(const ucontext_t& context, std::size_t index) {
  constexpr std::array kRegisters{REG_RDI, REG_RSI, REG_RDX};
  return static_cast<std::uint64_t>(context.uc_mcontext.gregs[kRegisters.at(index)]);
}
void set_result(ucontext_t& context, int result) {
  context.uc_mcontext.gregs[REG_RAX] = result;
}
#elif defined(__aarch64__)
std::uint64_t argument(const ucontext_t& context, std::size_t index) {
  return context.uc_mcontext.regs[index];
}
void set_result(ucontext_t& context, int result) {
  context.uc_mcontext.regs[0] = static_cast<std::uint64_t>(result);
}
#else
#error "which registers have a system call's arguments and its result here?"
#endif

bool is_power_of_1000(std::uint32_t count) {
  while (count != 0 && count % 1000 == 0) count /= 1000;
  return count == 1;
}

bool say(std::size_t number, const ucontext_t& context, std::uint32_t count) {
  const char* name = number < kNumbers ? names.at(number) : nullptr;
  const log::Digits digits(number);
  const log::Digits times(count);
  return log::write_in_handler(
      log::Level::kWarning,
      {"sandbox: refused the system call ", name != nullptr ? name : digits.text(), "(",
       Hexadecimal(argument(context, 0)).text(), ", ", Hexadecimal(argument(context, 1)).text(),
       ", ", Hexadecimal(argument(context, 2)).text(), ")", count == 1 ? "" : ", for the time ",
       count == 1 ? "" : times.text()});
}

void on_refused_call(int /*signal*/, siginfo_t* info, void* data) {
  if (info->si_code != kFromFilter) return;
  const int error = errno;
  auto& context = *static_cast<ucontext_t*>(data);
  const auto number = static_cast<std::size_t>(info->si_syscall);
  auto& count = counts.at(number < kNumbers ? number : kNumbers);
  const std::uint32_t now = count.fetch_add(1, std::memory_order_relaxed) + 1;
  // What the log did not take is said the next time.
  if (is_power_of_1000(now) && !say(number, context, now)) {
    count.fetch_sub(1, std::memory_order_relaxed);
  }
  if (number < kNumbers && !notices.at(number).refused.exchange(true)) any_untold = true;
  if (then == AfterRefusal::kDies) ::raise(SIGSYS);  // SA_RESETHAND: this one kills
  set_result(context, -ENOSYS);
  errno = error;
}

}  // namespace

const char* take_refused_call() {
  if (!any_untold.load(std::memory_order_relaxed)) return nullptr;
  any_untold = false;  // first, so that one that is refused meanwhile is seen the next time
  for (std::size_t number = 0; number < kNumbers; ++number) {
    Notice& notice = notices.at(number);
    if (!notice.refused || notice.told) continue;
    notice.told = true;
    any_untold = true;  // there may be more
    if (names.at(number) != nullptr) return names.at(number);
  }
  return nullptr;
}

void report_refused_calls(AfterRefusal after) {
  then = after;
  for (std::size_t number = 0; number < names.size(); ++number) {
    if (names.at(number) != nullptr) continue;
    names.at(number) = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, static_cast<int>(number));
  }
  struct sigaction action {};
  action.sa_sigaction = on_refused_call;
  // One more in the handler kills, so it does not begin anew without end.
  action.sa_flags = SA_SIGINFO;
  if (after == AfterRefusal::kDies) {
    action.sa_flags |= SA_NODEFER | static_cast<int>(SA_RESETHAND);  // it is unsigned
  }
  ::sigaction(SIGSYS, &action, nullptr);
  sigset_t only{};
  sigemptyset(&only);
  sigaddset(&only, SIGSYS);
  ::pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
}

}  // namespace zomg::sandbox
