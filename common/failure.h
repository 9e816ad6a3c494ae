#pragma once

#include <cstdint>
#include <string_view>

namespace zomg::common {

/// Why a session did not start, or ended otherwise than by its program's end. Only this code
/// crosses a boundary of privilege; what the user reads comes from sentence().
enum class Failure : std::uint32_t {
  kNone,
  kNoSuchBox,
  kBoxNotReady,
  kAmbiguousNamespace,
  kLookupFailed,
  kLookupTimedOut,
  kTooManySessions,
  kNotAContainer,
  kEnterFailed,
  kNoChrootDirectory,
  kNoShell,
  kNoSftpServer,
  kNoTerminal,
  kNoBoxUser,
  kBoxFrozen,
  kNotConfined,
  kTooManySessionsInBox,
  kBoxStopped,
  kGatewayStopping,
  kGatewayFailed,
  kKubernetesUnreachable,
  kKubernetesRefused,
  kKubernetesBusy,
  kBackendFailed,
  kBackendLost,
  kNoBoxShell,
  kMaxValue = kNoBoxShell,
};

/// One sentence on what happened and one on what to do, in ASCII, without a line end.
std::string_view sentence(Failure failure);

/// The exit status that goes with it: 127 where a program was not found, as a shell's, else 255,
/// as ssh(1)'s own for an error of the connection.
std::uint32_t exit_status(Failure failure);

}  // namespace zomg::common
