#pragma once

#include <string_view>

#include "common/base/failure.h"
#include "common/base/limits.h"
#include "common/ipc/message.h"
#include "common/messages/resolver.h"
#include "common/messages/session.h"
#include "sessiond/box/passwd.h"
#include "sessiond/container/confinement.h"

namespace zomg::sessiond {

enum class EntryMessage : std::uint32_t { kEntryReport, kInvocation, kEntryTerminal, kEntryBorn };

/// Groups that a session can be in: what a runtime's record has room for, too.
inline constexpr std::size_t kMaxSessionGroups = messages::kMaxRecordedGroups;

/// What a session executes, and as whom. Made inside the box by a process without privileges
/// (box_probe.h), from what the box says of itself.
struct Invocation {
  static constexpr auto kType = EntryMessage::kInvocation;
  using Text = ipc::Bytes<limits::kMaxCommandBytes + 1>;

  common::Failure failure = common::Failure::kNone;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  /// Whether it has groups of its own, those that the box's files give its user, and not the container's.
  bool own_groups = false;
  ipc::List<std::uint32_t, kMaxSessionGroups> groups;
  Text program;    ///< an absolute path
  Text directory;  ///< where it starts
  ipc::List<Text, 3> arguments;
  /// What a login shell's terminal shows first, unless its user has a ~/.hushlogin.
  ipc::Bytes<limits::kMaxMotdBytes> motd;
  /// `NAME=value`.
  ipc::List<ipc::Bytes<limits::kMaxContainerEnvironmentBytes + 1>, limits::kMaxInvocationVariables>
      environment;

  static auto fields(auto& self) {
    return std::tie(self.failure, self.uid, self.gid, self.own_groups, self.groups, self.program,
                    self.directory, self.arguments, self.motd, self.environment);
  }
};

/// The user of the box whom the sessions of `plan` run as, by the text of its passwd file. A uid
/// that has no entry there has the group of the container's process.
std::optional<PasswdEntry> choose_user(const messages::BoxUser& wanted, const Identity& container,
                                       std::string_view passwd);

/// Whether the sessions of whom choose_user() gave, with that uid, have the groups of that user. The
/// container's has the container's, and so has root, as whom `kubectl exec` runs.
bool has_own_groups(const messages::BoxUser& wanted, uid_t uid, const Identity& container);

/// Builds the invocation of the login shell, the command under the shell, or the sftp-server, as
/// the calling process finds them: to be called inside the box, as root there.
Invocation build_invocation(const messages::SessionPlan& plan, const PasswdEntry& user,
                            std::string_view container_environment, const std::string& terminal);

}  // namespace zomg::sessiond
