#pragma once

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

namespace zomg::sandbox {

/// What one argument of a system call has to be.
struct Condition {
  enum class Kind : std::uint32_t {
    kNone,
    kBits,        ///< (argument & mask) == value
    kOwnProcess,  ///< the process that loads the filter
    kAnother,     ///< not that process
  };
  Kind kind = Kind::kNone;
  std::uint32_t argument = 0;
  std::uint64_t mask = 0;
  std::uint64_t value = 0;
};

/// The process that loads the filter, by its pid. One that it forks is another.
enum class OwnProcess : std::uint8_t { kPid };

/// An argument in a condition: arg(1) == F_GETFL, (arg(2) & PROT_EXEC) == 0. Of the register only
/// its lower half counts, as the kernel takes an int.
class Argument {
 public:
  constexpr explicit Argument(unsigned index, std::uint64_t mask) : index_(index), mask_(mask) {}
  constexpr Argument operator&(std::int64_t bits) const {
    return Argument(index_, mask_ & static_cast<std::uint64_t>(bits));
  }
  constexpr Condition operator==(std::int64_t value) const {
    return {Condition::Kind::kBits, index_, mask_, static_cast<std::uint64_t>(value) & mask_};
  }
  constexpr Condition operator==(OwnProcess /*pid*/) const {
    return {Condition::Kind::kOwnProcess, index_, mask_, 0};
  }
  constexpr Condition operator!=(OwnProcess /*pid*/) const {
    return {Condition::Kind::kAnother, index_, mask_, 0};
  }

 private:
  unsigned index_;
  std::uint64_t mask_;
};

/// The argument `index`, counted from 0.
constexpr Argument arg(unsigned index) {
  return Argument(index, 0xffffffff);
}
/// An argument that is a pointer.
constexpr Argument pointer(unsigned index) {
  return Argument(index, ~std::uint64_t{0});
}

/// A system call that may be made where all its conditions hold. What pointers lead to cannot be
/// looked at.
struct Call {
  constexpr Call(const char* call, Condition first = {}, Condition second = {},  // NOLINT
                 Condition third = {})
      : name(call), conditions{first, second, third} {}

  const char* name;
  std::array<Condition, 3> conditions;
  /// Not 0: the call fails with this (errno(3)), for a library that then does otherwise.
  std::int64_t error = 0;
};

// g++ 12 with -ftrivial-auto-var-init=zero clears more than the padding of a constant that has some.
static_assert(std::has_unique_object_representations_v<Condition> &&
              std::has_unique_object_representations_v<Call>);

constexpr Call refused(Call call, int error) {
  call.error = error;
  return call;
}

/// As an error of a Call: it kills the process.
inline constexpr std::int64_t kKills = -1;

constexpr Call killing(Call call) {
  call.error = kKills;
  return call;
}

/// As an error of a Call: it fails with ENOSYS, and the process notes it (refused_call.h).
inline constexpr std::int64_t kIsNoted = -2;

constexpr Call noted(Call call) {
  call.error = kIsNoted;
  return call;
}

/// What of socket(2)'s type says which kind it is.
inline constexpr int kSocketKind = ~(SOCK_CLOEXEC | SOCK_NONBLOCK);

/// System calls of a process, with the reason why.
struct SyscallSet {
  std::string_view reason;
  std::span<const Call> calls;
};

}  // namespace zomg::sandbox
