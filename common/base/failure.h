#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace zomg::common {

/// Why something that a client asked for was not done, or ended otherwise than by itself. Only this
/// code crosses a boundary of privilege; what the user reads comes from sentence(). From
/// kBadLoginName on they are no session's, but a connection's.
enum class Failure : std::uint32_t {
  kNone,
  kNoSuchBox,
  kBoxNotReady,
  kSeveralContainers,
  kNoSuchContainer,
  kAmbiguousNamespace,
  kLookupFailed,
  kLookupTimedOut,
  kTooManySessions,
  kNotAContainer,
  kEnterFailed,
  kNoChrootDirectory,
  kNoShell,
  kNotExecutable,
  kArgumentsTooLong,
  kNoSftpServer,
  kNoTerminal,
  kNoBoxUser,
  kCannotBecomeBoxUser,
  kBoxFrozen,
  kNotConfined,
  kTooManySessionsInBox,
  kTooManySessionsInAll,
  kTooManySessionsOfKey,
  kBoxStopped,
  kBoxChanged,
  kBoxNotAsRecorded,
  kBoxOutOfProcesses,
  kBoxHindered,
  kGatewayStopping,
  kGatewayFailed,
  kKubernetesUnreachable,
  kKubernetesRefused,
  kKubernetesBusy,
  kBackendFailed,
  kBackendLost,
  kNoBoxShell,
  kNotRecorded,
  kIdle,
  kIdleSoon,
  kConnectionEnded,
  kBadLoginName,
  kKeyRefused,
  kKeyRevoked,
  kForwardingOff,
  kTooManyConnectionsOfKey,
  kTooManyConnectionsOfUser,
  kMadeRoom,
  kTooManyAuthenticationFailures,
  kLoginTooSlow,
  kClientSilent,
  kProtocolBroken,
  kNotServed,
  kMaxValue = kNotServed,
};

/// One sentence on what happened, and one on what to do, in ASCII, without a line end.
std::string_view happening(Failure failure);
std::string_view remedy(Failure failure);
/// Both, one after the other.
std::string sentence(Failure failure);

/// The exit status that goes with it: 127 where a program was not found and 126 where it could not
/// be executed, as a shell's; 1 where sshd(8) has 1; else 255, as ssh(1)'s own for an error of the
/// connection.
std::uint32_t exit_status(Failure failure);

}  // namespace zomg::common
