#pragma once

#include "common/base/failure.h"
#include "common/base/limits.h"
#include "common/ipc/message.h"
#include "common/messages/connection.h"
#include "common/messages/listener.h"
#include "common/messages/resolver.h"

/// monitor → sessiond on the fd 3 of the process that a connection's sessions are forked from
/// (SessionTarget, then any number of ForkSession), and back (SessionForked). On the channel of each
/// session SessionPlan, and back SessionEntered or SessionNotEntered, and the session's end as the
/// connection is told it. sessiond ↔ connection on the session's control socket: the rest. The program
/// zomg-ssh-kubectl has one session, and PodTarget and SessionPlan on its fd 3.
namespace zomg::messages {

enum class SessionMessage : std::uint32_t {
  kSessionTarget,
  kSessionPlan,
  kSessionReady,
  kSessionGo,
  kDeliverSignal,
  kSessionExited,
  kSessionSignaled,
  kSessionFailed,
  kPodTarget,
  kSessionNotEntered,
  kSessionEntered,
  kForkSession,
  kSessionForked,
};

/// Whom sessions run as in the box (ZOMG_SSH_BOX_USER).
enum class BoxUserKind : std::uint32_t { kUid, kContainer, kName, kMaxValue = kName };

struct BoxUser {
  BoxUserKind kind = BoxUserKind::kUid;
  std::uint32_t uid = 0;                       ///< for kUid, in the box's user namespace
  ipc::Bytes<limits::kMaxUserNameBytes> name;  ///< for kName, looked up in the box
  static auto fields(auto& self) { return std::tie(self.kind, self.uid, self.name); }
  bool operator==(const BoxUser&) const = default;
};

/// monitor → sessiond, the first packet: the box to prepare for. Carries the pidfd of the
/// container's first process as the monitor opened it, and the seccomp filter of a box that is
/// `filtered`.
struct SessionTarget {
  static constexpr auto kType = SessionMessage::kSessionTarget;
  BoxClaim box;
  /// Where to chroot inside the box (ZOMG_SSH_CHROOT).
  ipc::Bytes<limits::kMaxNameBytes> chroot_directory;
  BoxUser user;
  /// The account sessiond turns into once the user's program runs.
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  static auto fields(auto& self) {
    return std::tie(self.box, self.chroot_directory, self.user, self.uid, self.gid);
  }
  static std::size_t fd_count(const auto& self) { return self.box.filtered ? 2 : 1; }
};

/// monitor → sessiond: a session may be asked for. Carries the end of its channel that is sessiond's.
struct ForkSession {
  static constexpr auto kType = SessionMessage::kForkSession;
  static constexpr std::size_t kFds = 1;
  static auto fields(auto& /*self*/) { return std::tie(); }
};

/// sessiond → monitor, one for each ForkSession: a child of the monitor's that waits for the plan.
struct SessionForked {
  static constexpr auto kType = SessionMessage::kSessionForked;
  std::int32_t pid = 0;  ///< 0 where there is none
  static auto fields(auto& self) { return std::tie(self.pid); }
};

/// monitor → zomg-ssh-kubectl, the first packet: the pod to go to. Carries one descriptor: the
/// program kubectl.
struct PodTarget {
  static constexpr auto kType = SessionMessage::kPodTarget;
  static constexpr std::size_t kFds = 1;
  BoxClaim box;
  ipc::Bytes<limits::kMaxNameBytes> chroot_directory;
  BoxUser user;
  /// The account to run as, from before kubectl is started.
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  static auto fields(auto& self) {
    return std::tie(self.box, self.chroot_directory, self.user, self.uid, self.gid);
  }
};

/// monitor → session, what to run. Carries two descriptors: the control socket,
/// and the file that came with the box (BoxLookedUp).
struct SessionPlan {
  static constexpr auto kType = SessionMessage::kSessionPlan;
  static constexpr std::size_t kFds = 2;
  SessionKind kind = SessionKind::kShell;
  ipc::Bytes<limits::kMaxCommandBytes> command;
  /// When `forced`, `forced_command` runs under the shell in the place of what `kind` says (sshd(8)
  /// command=), and what the client asked for is in SSH_ORIGINAL_COMMAND.
  bool forced = false;
  ipc::Bytes<limits::kMaxForcedCommandBytes> forced_command;
  bool terminal = false;
  Environment environment;
  /// For SSH_CONNECTION and SSH_CLIENT.
  Endpoint client;
  Endpoint server;
  static auto fields(auto& self) {
    return std::tie(self.kind, self.command, self.forced, self.forced_command, self.terminal,
                    self.environment, self.client, self.server);
  }
};

/// sessiond → connection: the box is entered and the program is about to start. Carries the pty
/// master when `terminal`, else the ends of stdin (to write), stdout and stderr (to read).
struct SessionReady {
  static constexpr auto kType = SessionMessage::kSessionReady;
  bool terminal = false;
  static auto fields(auto& self) { return std::tie(self.terminal); }
  static std::size_t fd_count(const auto& self) { return self.terminal ? 1 : 3; }
};

/// connection → sessiond: terminal modes and size are set; start the program.
struct SessionGo {
  static constexpr auto kType = SessionMessage::kSessionGo;
  static auto fields(auto& /*self*/) { return std::tie(); }
};

/// connection → sessiond: send this signal (a number of signal(7)) to the program's process group.
struct DeliverSignal {
  static constexpr auto kType = SessionMessage::kDeliverSignal;
  std::uint32_t signal = 0;
  static auto fields(auto& self) { return std::tie(self.signal); }
};

/// sessiond → connection, the last packet: how the program ended.
struct SessionExited {
  static constexpr auto kType = SessionMessage::kSessionExited;
  std::uint32_t status = 0;
  static auto fields(auto& self) { return std::tie(self.status); }
};

struct SessionSignaled {
  static constexpr auto kType = SessionMessage::kSessionSignaled;
  std::uint32_t signal = 0;
  bool core_dumped = false;
  static auto fields(auto& self) { return std::tie(self.signal, self.core_dumped); }
};

/// sessiond or monitor → connection, the last packet: the session did not start, or its box went.
struct SessionFailed {
  static constexpr auto kType = SessionMessage::kSessionFailed;
  common::Failure failure = common::Failure::kGatewayFailed;
  /// With kSeveralContainers and kNoSuchContainer: those that there are.
  ContainerNames containers;
  static auto fields(auto& self) { return std::tie(self.failure, self.containers); }
};

/// sessiond → monitor: the box could not be entered. The connection process has not been told
/// anything yet, so that the session can be tried on another path.
struct SessionNotEntered {
  static constexpr auto kType = SessionMessage::kSessionNotEntered;
  common::Failure failure = common::Failure::kEnterFailed;
  static auto fields(auto& self) { return std::tie(self.failure); }
};

/// sessiond → monitor: the box is entered.
struct SessionEntered {
  static constexpr auto kType = SessionMessage::kSessionEntered;
  static auto fields(auto& /*self*/) { return std::tie(); }
};

}  // namespace zomg::messages
