#include "common/messages/event_names.h"

#include <signal.h>
#include <string.h>

namespace zomg::messages {

std::string_view name(common::Failure failure) {
  using common::Failure;
  switch (failure) {
    case Failure::kNone:
      return "none";
    case Failure::kNoSuchBox:
      return "no_such_box";
    case Failure::kBoxNotReady:
      return "box_not_ready";
    case Failure::kSeveralContainers:
      return "several_containers";
    case Failure::kNoSuchContainer:
      return "no_such_container";
    case Failure::kAmbiguousNamespace:
      return "ambiguous_namespace";
    case Failure::kLookupFailed:
      return "lookup_failed";
    case Failure::kLookupTimedOut:
      return "lookup_timed_out";
    case Failure::kTooManySessions:
      return "too_many_sessions";
    case Failure::kNotAContainer:
      return "not_a_container";
    case Failure::kEnterFailed:
      return "enter_failed";
    case Failure::kNoChrootDirectory:
      return "no_chroot_directory";
    case Failure::kNoShell:
      return "no_shell";
    case Failure::kNotExecutable:
      return "not_executable";
    case Failure::kArgumentsTooLong:
      return "arguments_too_long";
    case Failure::kNoSftpServer:
      return "no_sftp_server";
    case Failure::kNoTerminal:
      return "no_terminal";
    case Failure::kNoBoxUser:
      return "no_box_user";
    case Failure::kCannotBecomeBoxUser:
      return "cannot_become_box_user";
    case Failure::kBoxFrozen:
      return "box_frozen";
    case Failure::kNotConfined:
      return "not_confined";
    case Failure::kTooManySessionsInBox:
      return "max_sessions_per_box";
    case Failure::kTooManySessionsInAll:
      return "max_connections";
    case Failure::kTooManySessionsOfKey:
      return "max_sessions_per_key";
    case Failure::kKubernetesUnreachable:
      return "kubernetes_unreachable";
    case Failure::kKubernetesRefused:
      return "kubernetes_refused";
    case Failure::kKubernetesBusy:
      return "kubernetes_busy";
    case Failure::kBackendFailed:
      return "backend_failed";
    case Failure::kBackendLost:
      return "backend_lost";
    case Failure::kNoBoxShell:
      return "no_box_shell";
    case Failure::kBoxStopped:
      return "box_stopped";
    case Failure::kBoxChanged:
      return "box_changed";
    case Failure::kBoxNotAsRecorded:
      return "box_not_as_recorded";
    case Failure::kBoxOutOfProcesses:
      return "box_out_of_processes";
    case Failure::kBoxHindered:
      return "box_hindered";
    case Failure::kGatewayStopping:
      return "gateway_stopping";
    case Failure::kGatewayFailed:
      return "gateway_failed";
    case Failure::kNotRecorded:
      return "not_recorded";
    case Failure::kIdle:
    case Failure::kIdleSoon:
      return "idle_timeout";
    case Failure::kConnectionEnded:
      return "connection_ended";
    case Failure::kBadLoginName:
      return "bad_login_name";
    case Failure::kKeyRefused:
      return "key_refused";
    case Failure::kKeyRevoked:
      return "key_revoked";
    case Failure::kForwardingOff:
      return "forwarding";
    case Failure::kTooManyConnectionsOfKey:
      return "max_connections_per_key";
    case Failure::kTooManyConnectionsOfUser:
      return "max_connections_per_user";
    case Failure::kMadeRoom:
      return "made_room";
    case Failure::kTooManyAuthenticationFailures:
      return "max_auth_tries";
    case Failure::kLoginTooSlow:
      return "login_grace_time";
    case Failure::kClientSilent:
      return "client_timed_out";
    case Failure::kProtocolBroken:
      return "protocol_error";
    case Failure::kNotServed:
      return "not_served";
  }
  return "unknown";
}

std::string_view name(ConnectionRefusal reason) {
  switch (reason) {
    case ConnectionRefusal::kStopping:
      return "gateway_stopping";
    case ConnectionRefusal::kTooManyConnections:
      return "too_many_connections";
    case ConnectionRefusal::kMaxStartups:
      return "max_startups";
    case ConnectionRefusal::kPerSourceMaxStartups:
      return "per_source_max_startups";
    case ConnectionRefusal::kPenalty:
      return "penalty";
  }
  return "unknown";
}

std::string_view name(SessionKind kind) {
  switch (kind) {
    case SessionKind::kShell:
      return "shell";
    case SessionKind::kExec:
      return "exec";
    case SessionKind::kSftp:
      return "sftp";
  }
  return "unknown";
}

std::string_view name(SftpAction action) {
  switch (action) {
    case SftpAction::kOpen:
      return "open";
    case SftpAction::kClose:
      return "close";
    case SftpAction::kRemove:
      return "remove";
    case SftpAction::kRename:
      return "rename";
    case SftpAction::kMakeDirectory:
      return "mkdir";
    case SftpAction::kRemoveDirectory:
      return "rmdir";
    case SftpAction::kLink:
      return "link";
    case SftpAction::kCopy:
      return "copy";
    case SftpAction::kSetAttributes:
      return "setstat";
    case SftpAction::kNotFollowed:
      return "not_followed";
  }
  return "unknown";
}

std::string_view name(BoxPath path) {
  switch (path) {
    case BoxPath::kCri:
      return "cri";
    case BoxPath::kKubectl:
      return "kubectl";
  }
  return "unknown";
}

std::string_view name(FallbackReason reason) {
  switch (reason) {
    case FallbackReason::kNone:
      return "none";
    case FallbackReason::kNodeNotAsked:
      return "node_not_asked";
    case FallbackReason::kNotOnNode:
      return "not_on_node";
    case FallbackReason::kCriFailed:
      return "cri_failed";
    case FallbackReason::kNewerElsewhere:
      return "newer_elsewhere";
    case FallbackReason::kNotEntered:
      return "not_entered";
  }
  return "unknown";
}

std::string_view name(Event event) {
  switch (event) {
    case Event::kKeyExchangeFailed:
      return "key_exchange_failed";
    case Event::kProtocolError:
      return "protocol_error";
    case Event::kForwardingRefused:
      return "forwarding";
    case Event::kLoginGraceTimeExceeded:
      return "login_grace_time";
    case Event::kTooManyAuthenticationFailures:
      return "max_auth_tries";
    case Event::kClientTimedOut:
      return "client_timed_out";
    case Event::kBareProbe:
      return "bare_probe";
    case Event::kAuthenticationRequestRefused:
      return "authentication_request";
    case Event::kProxyHeaderInvalid:
      return "proxy_header";
    case Event::kUnusedConnection:
      return "idle_timeout";
    case Event::kSystemCallRefused:
      return "system_call";
  }
  return "unknown";
}

std::string signal_name(std::uint32_t signal) {
  const char* known = signal < NSIG ? ::sigabbrev_np(static_cast<int>(signal)) : nullptr;
  return known != nullptr ? known : std::to_string(signal);
}

}  // namespace zomg::messages
