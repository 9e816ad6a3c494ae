#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/messages/session.h"
#include "sessiond/box/passwd.h"

namespace zomg::sessiond {

/// The environment of a user's program, built from nothing.
class ProgramEnvironment {
 public:
  /// Sets a variable; an earlier value of it is replaced.
  void set(std::string_view name, std::string_view value);
  bool has(std::string_view name) const;
  std::string get(std::string_view name) const;
  /// `NAME=value` strings in the order in which the names were first set.
  const std::vector<std::string>& entries() const { return entries_; }

 private:
  std::vector<std::string> entries_;
  /// Where in `entries_` each name is: a hostile container may have a million of them.
  std::unordered_map<std::string, std::size_t> places_;
};

/// The container's own variables (`NAME=value\0`…), then what login(1) and sshd(8) set, then what
/// the client sent. HOME is the container's own where nobody says what the user's is, else `/`.
/// `terminal` is the path of the terminal, empty without one.
ProgramEnvironment build_environment(std::string_view container_environment,
                                     const PasswdEntry& user, const std::string& shell,
                                     const messages::SessionPlan& plan,
                                     const std::string& terminal);

}  // namespace zomg::sessiond
