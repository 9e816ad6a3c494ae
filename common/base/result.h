#pragma once

#include <fmt/core.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>
#include <variant>

#include "common/base/check.h"
#include "common/base/failure.h"

namespace zomg::common {

/// Why an operation failed: a sentence for the log, the errno behind it (0 when there is none), and what
/// the user is told (kNone while nobody has decided that).
struct Error {
  std::string message;
  int errno_value = 0;
  Failure failure = Failure::kNone;

  /// The same error, told from one level further up: "context: message".
  Error with_context(std::string_view context) const {
    return {fmt::format("{}: {}", context, message), errno_value, failure};
  }
  /// The same error, of which the user is told `what`, whatever was decided further down.
  Error as(Failure what) const { return {message, errno_value, what}; }
};

/// An Error that carries no errno.
template <typename... Args>
Error error(fmt::format_string<Args...> format, Args&&... args) {
  return {fmt::format(format, std::forward<Args>(args)...), 0};
}

/// An Error from the current errno: "what: strerror".
template <typename... Args>
Error errno_error(fmt::format_string<Args...> format, Args&&... args) {
  const int value = errno;
  return {fmt::format("{}: {}", fmt::format(format, std::forward<Args>(args)...),
                      std::strerror(value)),  // NOLINT(concurrency-mt-unsafe)
          value};
}

/// A value or an Error, with the member names of std::expected, which g++ 12 does not have.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(*-explicit-*)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(*-explicit-*)

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & { return checked(); }
  const T& value() const& { return const_cast<Result*>(this)->checked(); }
  T&& value() && { return std::move(checked()); }
  T& operator*() & { return checked(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(checked()); }
  T* operator->() { return &checked(); }
  const T* operator->() const { return &value(); }

  const Error& error() const {
    const Error* error = std::get_if<1>(&state_);
    CHECK(error != nullptr);
    return *error;
  }

 private:
  T& checked() {
    T* value = std::get_if<0>(&state_);
    CHECK(value != nullptr);
    return *value;
  }

  std::variant<T, Error> state_;
};

/// Success without a value, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)), failed_(true) {}  // NOLINT(*-explicit-*)

  bool has_value() const { return !failed_; }
  explicit operator bool() const { return has_value(); }
  const Error& error() const {
    CHECK(failed_);
    return error_;
  }

 private:
  Error error_;
  bool failed_ = false;
};

}  // namespace zomg::common
