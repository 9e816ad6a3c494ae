#pragma once

#include "common/base/failure.h"
#include "common/base/limits.h"
#include "common/ipc/message.h"
#include "common/messages/connection.h"
#include "common/messages/listener.h"

/// monitor → observer, on the observer's fd 3: what happens, told to unprivileged programs that
/// write it down (monitor/audit/) or count it. An observer answers nothing.
///
/// No event holds key material, bytes of a session, or the value of an environment variable. Names
/// in them (login names, commands, pods) are other people's text.
namespace zomg::messages {

enum class ObserverMessage : std::uint32_t {
  kObserverSettings,
  kAuditOutput,
  kConnectionOpened,
  kConnectionRefused,
  kConnectionClosed,
  kAuthenticationAccepted,
  kAuthenticationRefused,
  kLookupEnded,
  kSessionStarted,
  kSessionRefused,
  kSessionEnded,
  kReported,
  kContractBroken,
  kLoginRevoked,
  kEventsDropped,
  kSftpOperation,
  // Of messages/health.h.
  kMetricsSettings,
  kListenForScrapes,
  kGatewayState,
  kKeySources,
};

/// The first packet: the account to run as.
struct ObserverSettings {
  static constexpr auto kType = ObserverMessage::kObserverSettings;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  static auto fields(auto& self) { return std::tie(self.uid, self.gid); }
};

/// Carries one descriptor: a shelf (ipc/shelf.h) with the file where the audit trail goes from now on.
struct AuditOutput {
  static constexpr auto kType = ObserverMessage::kAuditOutput;
  static constexpr std::size_t kFds = 1;
  static auto fields(auto& /*self*/) { return std::tie(); }
};

/// When and on which connection. The journal fills `number` and `time_us` in.
struct EventStamp {
  /// Counts the gateway's events from 1: a gap is what an observer that was restarted has missed.
  std::uint64_t number = 0;
  /// Microseconds since 1970 (UTC).
  std::uint64_t time_us = 0;
  /// The connection; 0 for what belongs to none.
  std::uint64_t connection = 0;
  static auto fields(auto& self) { return std::tie(self.number, self.time_us, self.connection); }
};

/// A client spoke. A connection that closes without having sent a byte is a probe, and no event.
struct ConnectionOpened {
  static constexpr auto kType = ObserverMessage::kConnectionOpened;
  EventStamp stamp;
  Endpoint client;
  Endpoint server;
  static auto fields(auto& self) { return std::tie(self.stamp, self.client, self.server); }
};

/// Why a connection was not served at all.
enum class ConnectionRefusal : std::uint32_t {
  kStopping,
  kTooManyConnections,
  kMaxStartups,
  kPerSourceMaxStartups,
  kPenalty,
  kMaxValue = kPenalty,
};

struct ConnectionRefused {
  static constexpr auto kType = ObserverMessage::kConnectionRefused;
  EventStamp stamp;
  Endpoint client;
  ConnectionRefusal reason = ConnectionRefusal::kStopping;
  /// How many others were refused since the last such event, in a flood that is not told in full.
  std::uint64_t untold = 0;
  static auto fields(auto& self) {
    return std::tie(self.stamp, self.client, self.reason, self.untold);
  }
};

struct ConnectionClosed {
  static constexpr auto kType = ObserverMessage::kConnectionClosed;
  EventStamp stamp;
  bool authenticated = false;
  std::uint64_t duration_us = 0;
  static auto fields(auto& self) {
    return std::tie(self.stamp, self.authenticated, self.duration_us);
  }
};

/// A user certificate (OpenSSH PROTOCOL.certkeys); all empty where a plain key was used.
struct CertificateIdentity {
  /// Of the CA's key, `SHA256:…`.
  ipc::Bytes<limits::kMaxFingerprintBytes> ca_fingerprint;
  /// The CA's own text, cut at the bound.
  ipc::Bytes<limits::kMaxNameBytes> key_id;
  std::uint64_t serial = 0;
  static auto fields(auto& self) { return std::tie(self.ca_fingerprint, self.key_id, self.serial); }
};

struct AuthenticationAccepted {
  static constexpr auto kType = ObserverMessage::kAuthenticationAccepted;
  EventStamp stamp;
  ipc::Bytes<limits::kMaxLoginNameBytes> login_name;
  ipc::Bytes<limits::kMaxAlgorithmBytes> algorithm;
  /// Of the user's key, `SHA256:…`.
  ipc::Bytes<limits::kMaxFingerprintBytes> fingerprint;
  /// Where the key, or the CA's, stands: `ZOMG_SSH_AUTHORIZED_KEYS line 3`, `/keys line 1`,
  /// `GitHub user alice`.
  ipc::Bytes<limits::kMaxKeySourceBytes> key_source;
  CertificateIdentity certificate;
  static auto fields(auto& self) {
    return std::tie(self.stamp, self.login_name, self.algorithm, self.fingerprint, self.key_source,
                    self.certificate);
  }
};

/// An offered key, or a signature, that did not log in.
struct AuthenticationRefused {
  static constexpr auto kType = ObserverMessage::kAuthenticationRefused;
  EventStamp stamp;
  ipc::Bytes<limits::kMaxLoginNameBytes> login_name;
  ipc::Bytes<limits::kMaxAlgorithmBytes> algorithm;
  ipc::Bytes<limits::kMaxFingerprintBytes> fingerprint;
  /// The monitor's sentence, as in its log.
  ipc::Bytes<limits::kMaxNameBytes> reason;
  static auto fields(auto& self) {
    return std::tie(self.stamp, self.login_name, self.algorithm, self.fingerprint, self.reason);
  }
};

/// By which way a box is reached.
enum class BoxPath : std::uint32_t { kCri, kKubectl, kMaxValue = kKubectl };

/// Why a session goes by kubectl.
enum class FallbackReason : std::uint32_t {
  kNone,            ///< it does not
  kNodeNotAsked,    ///< ZOMG_SSH_PATH says so
  kNotOnNode,       ///< this node has no such pod
  kCriFailed,       ///< the container runtime could not be asked
  kNewerElsewhere,  ///< the newest ready pod is on another node
  kNotEntered,      ///< the container of this node could not be entered
  kMaxValue = kNotEntered,
};

/// What the resolver claims of the box of a login name, or why there is none.
struct LookupEnded {
  static constexpr auto kType = ObserverMessage::kLookupEnded;
  EventStamp stamp;
  ipc::Bytes<limits::kMaxLoginNameBytes> login_name;
  common::Failure failure = common::Failure::kNone;
  ipc::Bytes<limits::kMaxObjectNameBytes> kubernetes_namespace;
  ipc::Bytes<limits::kMaxObjectNameBytes> pod;
  ipc::Bytes<limits::kMaxPodUidBytes> pod_uid;
  ipc::Bytes<limits::kMaxObjectNameBytes> container;
  ipc::Bytes<limits::kMaxContainerIdBytes> container_id;
  BoxPath path = BoxPath::kCri;
  std::uint64_t duration_us = 0;
  static auto fields(auto& self) {
    return std::tie(self.stamp, self.login_name, self.failure, self.kubernetes_namespace, self.pod,
                    self.pod_uid, self.container, self.container_id, self.path, self.duration_us);
  }
};

/// A session channel's program was asked for, and a sessiond has the order.
struct SessionStarted {
  static constexpr auto kType = ObserverMessage::kSessionStarted;
  EventStamp stamp;
  /// Counts the sessions of the connection from 1.
  std::uint32_t session = 0;
  SessionKind kind = SessionKind::kShell;
  /// Whether the key's options say what runs, whatever the client asked for.
  bool forced = false;
  /// What runs: its first bytes, and how many it has in all.
  ipc::Bytes<limits::kMaxEventCommandBytes> command;
  std::uint32_t command_bytes = 0;
  bool terminal = false;
  BoxPath path = BoxPath::kCri;
  FallbackReason fallback = FallbackReason::kNone;
  static auto fields(auto& self) {
    return std::tie(self.stamp, self.session, self.kind, self.forced, self.command,
                    self.command_bytes, self.terminal, self.path, self.fallback);
  }
};

/// A session that was asked for and that no sessiond got to start.
struct SessionRefused {
  static constexpr auto kType = ObserverMessage::kSessionRefused;
  EventStamp stamp;
  std::uint32_t session = 0;
  common::Failure failure = common::Failure::kGatewayFailed;
  std::uint64_t untold = 0;  ///< that the same key was refused before it
  static auto fields(auto& self) {
    return std::tie(self.stamp, self.session, self.failure, self.untold);
  }
};

/// How a session ended, as its sessiond claims, which has been in touch with the box.
enum class SessionEnding : std::uint32_t {
  kUnknown,   ///< it did not say
  kExited,    ///< with exit status `code`
  kSignaled,  ///< by signal `code`
  kFailed,    ///< with the common::Failure `code`
  /// Its process died before it said, of signal `code`: the kernel's word, not a claim.
  kProcessKilled,
  /// The same, with exit status `code`.
  kProcessExited,
  kMaxValue = kProcessExited,
};

struct SessionEnded {
  static constexpr auto kType = ObserverMessage::kSessionEnded;
  EventStamp stamp;
  std::uint32_t session = 0;
  SessionEnding ending = SessionEnding::kUnknown;
  std::uint32_t code = 0;
  /// Whether the connection process, whose claim it is, counted the bytes.
  bool bytes_known = false;
  std::uint64_t bytes_from_client = 0;
  std::uint64_t bytes_to_client = 0;
  /// Whether the connection process ended it for being idle.
  bool idle = false;
  std::uint64_t duration_us = 0;
  static auto fields(auto& self) {
    return std::tie(self.stamp, self.session, self.ending, self.code, self.bytes_known,
                    self.bytes_from_client, self.bytes_to_client, self.idle, self.duration_us);
  }
};

/// What a connection process claims that its client did by sftp.
struct SftpOperation {
  static constexpr auto kType = ObserverMessage::kSftpOperation;
  EventStamp stamp;
  ReportSftp report;
  static auto fields(auto& self) { return std::tie(self.stamp, self.report); }
};

/// What a connection process reports of its client (messages/connection.h).
struct Reported {
  static constexpr auto kType = ObserverMessage::kReported;
  EventStamp stamp;
  Event event = Event::kProtocolError;
  static auto fields(auto& self) { return std::tie(self.stamp, self.event); }
};

/// A connection process broke the contract with the monitor, which ended it: the sign of a bug, or
/// of a process that was taken over.
struct ContractBroken {
  static constexpr auto kType = ObserverMessage::kContractBroken;
  EventStamp stamp;
  /// The monitor's sentence, as in its log.
  ipc::Bytes<limits::kMaxNameBytes> violation;
  static auto fields(auto& self) { return std::tie(self.stamp, self.violation); }
};

/// A connection was ended, as what it logged in with may log in no more.
struct LoginRevoked {
  static constexpr auto kType = ObserverMessage::kLoginRevoked;
  EventStamp stamp;
  ipc::Bytes<limits::kMaxLoginNameBytes> login_name;
  /// Of the user's key, `SHA256:…`.
  ipc::Bytes<limits::kMaxFingerprintBytes> fingerprint;
  /// The monitor's sentence, as in its log.
  ipc::Bytes<limits::kMaxNameBytes> reason;
  static auto fields(auto& self) {
    return std::tie(self.stamp, self.login_name, self.fingerprint, self.reason);
  }
};

/// Events that this observer did not get, because it did not keep up.
struct EventsDropped {
  static constexpr auto kType = ObserverMessage::kEventsDropped;
  EventStamp stamp;
  std::uint64_t count = 0;
  static auto fields(auto& self) { return std::tie(self.stamp, self.count); }
};

}  // namespace zomg::messages
