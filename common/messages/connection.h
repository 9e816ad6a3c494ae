#pragma once

#include "common/base/failure.h"
#include "common/base/limits.h"
#include "common/ipc/message.h"
#include "common/messages/listener.h"

/// connection ↔ monitor, on the connection process's fd 3. Each request has one reply; Report, ReportTraffic and
/// ReportSftp have none. Unasked the monitor says EndConnection alone.
namespace zomg::messages {

enum class ConnectionMessage : std::uint32_t {
  kWelcome,
  kSignExchange,
  kExchangeHashSignature,
  kCheckKey,
  kKeyChecked,
  kVerifyUser,
  kUserVerified,
  kOpenSession,
  kSessionOpened,
  kReport,
  kEndConnection,
  kReportTraffic,
  kProxyHeader,
  kProxyHeaderTaken,
  kReportSftp,
};

/// The settings that a connection process keeps to by itself (monitor/settings/settings.h).
struct ConnectionRules {
  std::uint32_t login_grace_seconds = 0;
  std::uint32_t max_auth_tries = 0;
  std::uint32_t max_sessions = 0;
  /// 0: the client is never asked.
  std::uint32_t client_alive_seconds = 0;
  std::uint32_t client_alive_count_max = 0;
  /// 0: idle sessions, and connections without one, go on.
  std::uint32_t idle_timeout_seconds = 0;
  /// The connection begins with a PROXY header, and nothing else is done before it is taken.
  bool proxied = false;
  static auto fields(auto& self) {
    return std::tie(self.login_grace_seconds, self.max_auth_tries, self.max_sessions,
                    self.client_alive_seconds, self.client_alive_count_max,
                    self.idle_timeout_seconds, self.proxied);
  }
};

/// Of a KEXINIT's cookie (RFC 4253 §7.1).
inline constexpr std::size_t kKexinitCookieBytes = 16;

/// monitor → connection, the first packet, there before the process starts.
struct Welcome {
  static constexpr auto kType = ConnectionMessage::kWelcome;
  /// The ed25519 host key's public half (RFC 8709 §4), 32 bytes.
  ipc::Bytes<32> host_public_key;
  /// Random bytes of this connection's own, which have to be the cookie of our first KEXINIT.
  ipc::Bytes<kKexinitCookieBytes> kexinit_cookie;
  ConnectionRules rules;
  /// What clients are told before they authenticate (sshd_config(5) Banner).
  ipc::Bytes<limits::kMaxBannerBytes> banner;
  static auto fields(auto& self) {
    return std::tie(self.host_public_key, self.kexinit_cookie, self.rules, self.banner);
  }
};

/// Tells what the PROXY header says: a claim, made once and before a byte of the client was read.
struct ProxyHeader {
  static constexpr auto kType = ConnectionMessage::kProxyHeader;
  /// False when the proxy speaks for itself (LOCAL, UNKNOWN): the addresses are empty then.
  bool relayed = false;
  Endpoint client;
  Endpoint server;
  static auto fields(auto& self) { return std::tie(self.relayed, self.client, self.server); }
};

struct ProxyHeaderTaken {
  static constexpr auto kType = ConnectionMessage::kProxyHeaderTaken;
  /// False when that client is not served now.
  bool admitted = false;
  static auto fields(auto& self) { return std::tie(self.admitted); }
};

/// A KEXINIT's payload: RFC 4253 §6.1 has everybody take as much; OpenSSH's has 1.5 KiB.
inline constexpr std::size_t kMaxKexinitBytes = 32 * 1024;

/// Asks for the host key's signature over the hash H of a key exchange (RFC 4253 §8), which the
/// monitor makes itself. The first H of a connection is its session identifier from then on.
struct SignExchange {
  static constexpr auto kType = ConnectionMessage::kSignExchange;
  /// V_C: RFC 4253 §4.2 allows 255 characters with CR and LF. Always the same in one connection.
  ipc::Bytes<253> client_version;
  /// I_C and I_S. The first I_S of a connection has the cookie of Welcome.
  ipc::Bytes<kMaxKexinitBytes> client_kexinit;
  ipc::Bytes<kMaxKexinitBytes> server_kexinit;
  /// Q_C and Q_S, or C_INIT and S_REPLY of the post-quantum methods: the longest are ML-KEM's.
  ipc::Bytes<1184 + 32> client_share;
  ipc::Bytes<1088 + 32> server_share;
  /// K, without its length. The monitor forgets it as soon as it has the hash.
  ipc::Secret<64> secret;
  static auto fields(auto& self) {
    return std::tie(self.client_version, self.client_kexinit, self.server_kexinit,
                    self.client_share, self.server_share, self.secret);
  }
};

struct ExchangeHashSignature {
  static constexpr auto kType = ConnectionMessage::kExchangeHashSignature;
  /// The raw ed25519 signature, 64 bytes.
  ipc::Bytes<64> signature;
  static auto fields(auto& self) { return std::tie(self.signature); }
};

/// Asks whether a signature by this key would be acceptable for the login name (RFC 4252 §7).
struct CheckKey {
  static constexpr auto kType = ConnectionMessage::kCheckKey;
  ipc::Bytes<limits::kMaxLoginNameBytes> login_name;
  /// The signature algorithm name as the client gave it, e.g. rsa-sha2-256.
  ipc::Bytes<limits::kMaxAlgorithmBytes> algorithm;
  /// The public key blob of RFC 4253 §6.6.
  ipc::Bytes<limits::kMaxKeyBlobBytes> key;
  static auto fields(auto& self) { return std::tie(self.login_name, self.algorithm, self.key); }
};

struct KeyChecked {
  static constexpr auto kType = ConnectionMessage::kKeyChecked;
  bool acceptable = false;
  static auto fields(auto& self) { return std::tie(self.acceptable); }
};

/// What the connection process found of the signatures of a VerifyUser. It verifies them first, at
/// its own cost: the monitor verifies only what is said to hold.
enum class SignatureFinding : std::uint32_t {
  kHold,
  kUserFalse,
  kAuthorityFalse,  ///< the user's holds, and that of the certificate's authority does not
  kMaxValue = kAuthorityFalse,
};

/// Asks the monitor to verify the client's signature and, if it holds, to mark the connection
/// authenticated for the login name. The monitor rebuilds the signed data itself, from its own
/// session identifier.
struct VerifyUser {
  static constexpr auto kType = ConnectionMessage::kVerifyUser;
  ipc::Bytes<limits::kMaxLoginNameBytes> login_name;
  ipc::Bytes<limits::kMaxAlgorithmBytes> algorithm;
  ipc::Bytes<limits::kMaxKeyBlobBytes> key;
  /// The signature blob: string algorithm, string signature, and for sk- keys flags and counter.
  ipc::Bytes<limits::kMaxSignatureBytes> signature;
  /// publickey-hostbound-v00@openssh.com rather than publickey.
  bool host_bound = false;
  SignatureFinding finding = SignatureFinding::kHold;
  static auto fields(auto& self) {
    return std::tie(self.login_name, self.algorithm, self.key, self.signature, self.host_bound,
                    self.finding);
  }
};

struct UserVerified {
  static constexpr auto kType = ConnectionMessage::kUserVerified;
  bool authenticated = false;
  /// Whether the key's options let its sessions have a terminal.
  bool terminal_permitted = false;
  /// What the windows of all its channels may come to (listener/connection/protocol/window_budget.h).
  std::uint32_t window_bytes = 0;
  static auto fields(auto& self) {
    return std::tie(self.authenticated, self.terminal_permitted, self.window_bytes);
  }
};

/// What a session channel runs (RFC 4254 §6.5).
enum class SessionKind : std::uint32_t { kShell, kExec, kSftp, kMaxValue = kSftp };

/// A variable of an `env` request (RFC 4254 §6.4).
struct EnvironmentVariable {
  ipc::Bytes<limits::kMaxEnvironmentNameBytes> name;
  ipc::Bytes<limits::kMaxEnvironmentValueBytes> value;
  static auto fields(auto& self) { return std::tie(self.name, self.value); }
};

using Environment = ipc::List<EnvironmentVariable, limits::kMaxEnvironmentVariables>;

/// Asks for a session in the box of the authenticated login name.
struct OpenSession {
  static constexpr auto kType = ConnectionMessage::kOpenSession;
  SessionKind kind = SessionKind::kShell;
  /// For kExec; empty otherwise. No NUL.
  ipc::Bytes<limits::kMaxCommandBytes> command;
  bool terminal = false;
  Environment environment;
  static auto fields(auto& self) {
    return std::tie(self.kind, self.command, self.terminal, self.environment);
  }
};

/// The reply carries one descriptor: the connection's end of the session's control socket, on which
/// whatever becomes of the session is told (messages/session.h).
struct SessionOpened {
  static constexpr auto kType = ConnectionMessage::kSessionOpened;
  static constexpr std::size_t kFds = 1;
  /// Counts the sessions of this connection from 1.
  std::uint32_t session = 0;
  /// Whether its sftp operations are to be told (ReportSftp), if it turns out to have any.
  bool tell_sftp = false;
  static auto fields(auto& self) { return std::tie(self.session, self.tell_sftp); }
};

/// Flags of attributes (draft-ietf-secsh-filexfer-02 §5).
inline constexpr std::uint32_t kSftpSize = 1;
inline constexpr std::uint32_t kSftpOwner = 2;
inline constexpr std::uint32_t kSftpPermissions = 4;
inline constexpr std::uint32_t kSftpTimes = 8;

/// What was done by sftp (draft-ietf-secsh-filexfer-02).
enum class SftpAction : std::uint32_t {
  kOpen,
  kClose,
  kRemove,
  kRename,
  kMakeDirectory,
  kRemoveDirectory,
  kLink,
  kCopy,
  kSetAttributes,
  kNotFollowed,  ///< from here on the stream could not be followed
  kMaxValue = kNotFollowed,
};

/// Tells of an operation of an sftp session. No reply. A claim: the connection process reads along.
struct ReportSftp {
  static constexpr auto kType = ConnectionMessage::kReportSftp;
  std::uint32_t session = 0;
  SftpAction action = SftpAction::kOpen;
  /// As the client named it: relative to the user's home unless it is absolute.
  ipc::Bytes<limits::kMaxSftpPathBytes> path;
  /// The new name, also of a link and a copy: `path` is what it leads to, or was copied.
  ipc::Bytes<limits::kMaxSftpPathBytes> target;
  bool succeeded = false;
  bool unanswered = false;  ///< the session ended before its server had said so
  bool for_reading = false;
  bool for_writing = false;
  /// Of a file that is closed.
  std::uint64_t bytes_read = 0;
  std::uint64_t bytes_written = 0;
  /// Which attributes were set, as the protocol's flags, and of permissions to what.
  std::uint32_t attributes = 0;
  std::uint32_t permissions = 0;
  /// Operations before this one that were too many to be told.
  std::uint64_t untold = 0;
  static auto fields(auto& self) {
    return std::tie(self.session, self.action, self.path, self.target, self.succeeded,
                    self.unanswered, self.for_reading, self.for_writing, self.bytes_read,
                    self.bytes_written, self.attributes, self.permissions, self.untold);
  }
};

/// Tells, once a session, how many bytes it moved, and whether it was idle too long. No reply.
struct ReportTraffic {
  static constexpr auto kType = ConnectionMessage::kReportTraffic;
  std::uint32_t session = 0;
  std::uint64_t from_client = 0;
  std::uint64_t to_client = 0;
  bool idle = false;
  static auto fields(auto& self) {
    return std::tie(self.session, self.from_client, self.to_client, self.idle);
  }
};

/// An event for the log that only the connection process sees.
enum class Event : std::uint32_t {
  kKeyExchangeFailed,
  kProtocolError,
  kForwardingRefused,
  kLoginGraceTimeExceeded,
  kTooManyAuthenticationFailures,
  kClientTimedOut,
  kBareProbe,
  kAuthenticationRequestRefused,
  kProxyHeaderInvalid,
  kUnusedConnection,
  kSystemCallRefused,
  kMaxValue = kSystemCallRefused,
};

struct Report {
  static constexpr auto kType = ConnectionMessage::kReport;
  Event event = Event::kProtocolError;
  std::uint32_t system_call = 0;  ///< of kSystemCallRefused: its place in sandbox::kNewerCalls
  static auto fields(auto& self) { return std::tie(self.event, self.system_call); }
};

/// monitor → connection, the last packet: the connection is to end.
struct EndConnection {
  static constexpr auto kType = ConnectionMessage::kEndConnection;
  /// What the client is told.
  common::Failure why = common::Failure::kGatewayFailed;
  static auto fields(auto& self) { return std::tie(self.why); }
};

}  // namespace zomg::messages
