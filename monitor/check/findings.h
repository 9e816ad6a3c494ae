#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

/// `zomg-ssh-gateway --check`: everything that can be found wrong without serving anybody.
namespace zomg::monitor::check {

/// One line of the report.
struct Finding {
  enum class State { kGood, kWarning, kBad };
  State state = State::kGood;
  std::string subject;  ///< what was looked at: "host key", "kernel: openat2"
  std::string text;     ///< what was found; empty for a plain good one
  std::string remedy;   ///< what to do about it, in the imperative; empty where there is nothing
};

/// What was found so far.
class Findings {
 public:
  void good(std::string_view subject, std::string_view text = {});
  void warning(std::string_view subject, std::string_view text, std::string_view remedy);
  void bad(std::string_view subject, std::string_view text, std::string_view remedy);
  /// With the error's message. One about who else can write a file has its remedy in it.
  void bad(std::string_view subject, const common::Error& error, std::string_view remedy);
  /// Good, or bad with the error.
  void add(std::string_view subject, const common::Result<void>& result, std::string_view remedy);

  const std::vector<Finding>& all() const { return all_; }
  bool any_bad() const;

  /// A line each: "ok      subject: text", "warning …", "BAD …", and the remedy after the text.
  /// Control characters are escaped.
  std::string report() const;

 private:
  std::vector<Finding> all_;
};

}  // namespace zomg::monitor::check
