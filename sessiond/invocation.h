#pragma once

#include <string_view>

#include "common/failure.h"
#include "common/ipc/message.h"
#include "common/limits.h"
#include "common/messages/session.h"
#include "sessiond/confinement.h"
#include "sessiond/passwd.h"

namespace zomg::sessiond {

enum class EntryMessage : std::uint32_t { kEntryReport, kInvocation, kEntryTerminal };

/// What a session executes, and as whom. Made inside the box by a process without privileges
/// (scout.h), from what the box says of itself.
struct Invocation {
  static constexpr auto kType = EntryMessage::kInvocation;
  using Text = ipc::Bytes<limits::kMaxCommandBytes + 1>;

  common::Failure failure = common::Failure::kNone;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  Text program;    ///< an absolute path
  Text directory;  ///< where it starts
  ipc::List<Text, 3> arguments;
  /// What a login shell's terminal shows first, unless its user has a ~/.hushlogin.
  ipc::Bytes<limits::kMaxMotdBytes> motd;
  /// `NAME=value`.
  ipc::List<ipc::Bytes<limits::kMaxContainerEnvironmentBytes + 1>, limits::kMaxInvocationVariables>
      environment;

  static auto fields(auto& self) {
    return std::tie(self.failure, self.uid, self.gid, self.program, self.directory, self.arguments,
                    self.motd, self.environment);
  }
};

/// The user of the box whom the sessions of `plan` run as, by the text of its passwd file. A uid
/// that has no entry there has the group of the container's process.
std::optional<PasswdEntry> choose_user(const messages::BoxUser& wanted, const Identity& container,
                                       std::string_view passwd);

/// Builds the invocation of the login shell, the command under the shell, or the sftp-server, as
/// the calling process finds them: to be called inside the box, as root there.
Invocation build_invocation(const messages::SessionPlan& plan, const PasswdEntry& user,
                            std::string_view container_environment, const std::string& terminal);

}  // namespace zomg::sessiond
