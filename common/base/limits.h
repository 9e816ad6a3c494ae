#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

/// Every bound on what a peer can make us spend, each with its reason.
namespace zomg::limits {

using namespace std::chrono_literals;

// IPC ------------------------------------------------------------------------------------------

/// The longest command, one byte under MAX_ARG_STRLEN: execve(2) could not carry a longer one.
inline constexpr std::size_t kMaxCommandBytes = 128 * 1024 - 1;
/// A packet: the longest command, the environment beside it, and room for the fixed fields. Below
/// the 208 KiB that an AF_UNIX socket buffers by default, so a packet is always deliverable.
inline constexpr std::size_t kMaxPacketBytes = 176 * 1024;
/// stdin, stdout and stderr of a session: the most that one packet carries.
inline constexpr std::size_t kMaxPacketFds = 3;
/// A line about a failure that crosses no boundary of privilege upward, or a fixed name.
inline constexpr std::size_t kMaxNameBytes = 255;

// Login ----------------------------------------------------------------------------------------

/// A Kubernetes label value (apimachinery validation: 63 characters).
inline constexpr std::size_t kMaxLabelValueBytes = 63;
/// A container's name (apimachinery validation: an RFC 1123 label).
inline constexpr std::size_t kMaxContainerNameBytes = 63;
/// `<project>--<box>+<container>`.
inline constexpr std::size_t kMaxLoginNameBytes =
    2 * kMaxLabelValueBytes + 2 + 1 + kMaxContainerNameBytes;
/// A signature algorithm name, certificates' included (RFC 4250 §4.6.1 allows 64).
inline constexpr std::size_t kMaxAlgorithmBytes = 64;
/// A public key blob: RSA of 8192 bits takes 1.1 KiB; a certificate with many principals more.
inline constexpr std::size_t kMaxKeyBlobBytes = 16 * 1024;
/// A signature blob: RSA of 8192 bits takes 1 KiB; sk- signatures are shorter.
inline constexpr std::size_t kMaxSignatureBytes = 4 * 1024;
/// RSA moduli, as OpenSSH's SSH_RSA_MINIMUM_MODULUS_SIZE is 1024 and ours is not lower than 2048.
/// Verification time grows with modulus and exponent: with 8192 bits and 65537, which every key
/// generator we know takes, it is 0.3 ms, as with ECDSA; with 16,384 bits, OpenSSL's bound, 1.2 ms.
inline constexpr int kMinRsaBits = 2048;
inline constexpr int kMaxRsaBits = 8192;
inline constexpr std::size_t kMaxRsaExponentBytes = 4;
/// authorized_keys: the whole text, one line (as OpenSSH's SSH_MAX_PUBKEY_BYTES), and the keys.
inline constexpr std::size_t kMaxAuthorizedKeysBytes = 4 * 1024 * 1024;
inline constexpr std::size_t kMaxAuthorizedKeysLineBytes = 16 * 1024;
inline constexpr std::size_t kMaxAuthorizedKeys = 16 * 1024;
/// Principals of a certificate, as OpenSSH's SSHKEY_CERT_MAX_PRINCIPALS.
inline constexpr std::size_t kMaxCertificatePrincipals = 256;
/// The revoked keys: the whole file, and ranges of serial numbers, which a bitmap of the file's
/// size could have 64 million of.
inline constexpr std::size_t kMaxRevokedKeysBytes = 16 * 1024 * 1024;
inline constexpr std::size_t kMaxRevokedSerialRanges = 1024 * 1024;
/// A forced command, of authorized_keys or a certificate: it goes into one packet with the longest
/// command of a client and the environment.
inline constexpr std::size_t kMaxForcedCommandBytes = 8 * 1024;

/// Queries for a key (sshd_config(5) has no name for it): an agent offers its keys one by one, and
/// each that fails counts against MaxAuthTries, so this only stops a loop of accepted queries.
inline constexpr unsigned kMaxKeyQueries = 64;
/// Host-key signatures for one connection: one a key exchange. A rekey every 64 MiB at 10 Gbit/s is
/// 20 a second; a connection that asks for more for long is not a client's.
inline constexpr unsigned kMaxSignaturesBeforeAuthentication = 4;
inline constexpr unsigned kMaxSignaturesAtOnce = 2400;
inline constexpr unsigned kMaxSignaturesPerSecond = 40;

/// What is told before the login, and with the sentence about a bad user name: RFC 4253 §6.1 has
/// every client take a payload of 32,768 bytes.
inline constexpr std::size_t kMaxBannerBytes = 32 * 1024 - 512;

/// `SHA256:` and 43 characters of base64; room for a longer hash.
inline constexpr std::size_t kMaxFingerprintBytes = 128;
/// Where a key stands: a path (PATH_MAX would be 4096; the settings' are shorter) and a line.
inline constexpr std::size_t kMaxKeySourceBytes = 512;

/// Addresses to listen on.
inline constexpr std::size_t kMaxListenAddresses = 16;
/// Networks in a setting: each is compared with every new connection's address.
inline constexpr std::size_t kMaxNetworks = 256;
/// Sources under a penalty, at most: about 200 bytes each.
inline constexpr std::uint64_t kMaxPenaltySources = 1024 * 1024;
/// Refused connections that are logged one by one: a burst, and then one each interval. Whoever
/// floods the port must not fill the disk.
inline constexpr unsigned kRefusalBurst = 50;
inline constexpr std::chrono::milliseconds kRefusalInterval = 200ms;
/// Keys whose refused sessions are counted apart: as many as there may be connections, about 250 bytes
/// each.
inline constexpr std::size_t kMaxRefusedKeys = 4096;
/// A PROXY header (version 1: 107 bytes; version 2: 16 and addresses, and extensions that we skip).
inline constexpr std::size_t kMaxProxyHeaderBytes = 4096;
/// How long a proxy may take to send it: it sends it first of all, in one packet.
inline constexpr std::chrono::seconds kProxyHeaderTimeout = 5s;

/// A user's name in a box: useradd(8) allows 32 characters.
inline constexpr std::size_t kMaxUserNameBytes = 32;

// Settings -------------------------------------------------------------------------------------

/// One value of the settings file: authorized_keys content is the longest there is.
inline constexpr std::size_t kMaxSettingBytes = kMaxAuthorizedKeysBytes;
/// Keys of the settings file: several times as many as there are settings.
inline constexpr std::size_t kMaxFileSettings = 256;
/// The settings file, and what its reader hands over: the longest value and room for the rest.
inline constexpr std::size_t kMaxSettingsFileBytes = kMaxSettingBytes + 1024 * 1024;
/// The reader's RLIMIT_DATA: yaml-cpp builds a tree of nodes, some 300 bytes a value.
inline constexpr std::size_t kSettingsReaderDataBytes = 512 * 1024 * 1024;
/// How long the reader may take; a file of ordinary size takes it a few milliseconds.
inline constexpr std::chrono::seconds kSettingsReaderTimeout = 10s;

// Connections and sessions ---------------------------------------------------------------------

/// The most that ZOMG_SSH_MAX_CONNECTIONS can be set to: each costs two processes' worth of memory.
inline constexpr std::size_t kMaxConnections = 4096;
/// How long a connection must have been without a session, or without a login, before it may be
/// ended to make room for another: whoever has just come is about to ask for something.
inline constexpr std::chrono::seconds kIdleBeforeEviction = 10s;
inline constexpr std::chrono::seconds kStrangerBeforeEviction = 2s;
/// The most that a client may send ahead of a program that keeps up: 160 MB/s at 50 ms. OpenSSH has
/// 2 MiB, whatever the distance.
inline constexpr std::size_t kMaxReceiveWindowBytes = 8 * 1024 * 1024;
/// What each channel may send ahead in any case: one packet of the usual greatest size. What is more
/// comes out of ZOMG_SSH_MAX_WINDOW_MIB, which all connections share.
inline constexpr std::size_t kLeastReceiveWindowBytes = 32 * 1024;
/// The most that ZOMG_SSH_MAX_WINDOW_MIB can be set to: 8 MiB for each of the connections.
inline constexpr std::uint64_t kMaxWindowMebibytes = 32 * 1024;
/// What the greatest need of memory is reckoned by (monitor/connections/memory_need.h), with room to spare over
/// what was measured: the processes that there is one of, and a connection with a session (1.3 MiB,
/// without what the kernel needs for it).
inline constexpr std::uint64_t kFixedMemoryMebibytes = 192;
inline constexpr std::uint64_t kConnectionMemoryKibibytes = 1536;
/// Address space of a connection process: its windows, which monitor/connections/quotas.cc keeps to 64 MiB, and
/// what 32 sessions of sftp hold come to half of it.
inline constexpr std::size_t kMaxConnectionMemoryBytes = 512 * 1024 * 1024;
/// An exchange of new keys on a connection that has some (RFC 4253 §9). What waits for its end: a program's output
/// that was read at once and began it, and half as much for answers and the ends of channels. And how long a client
/// may take: as long as keys are used at most (ssh/algorithms.h), so by then the next exchange would be due. sshd(8)
/// waits for ever; a client may be slow, far away or stopped, and a client that says nothing at all ends sooner
/// (ClientAliveInterval).
inline constexpr std::size_t kMaxBytesBehindRekeying = 768 * 1024;
inline constexpr std::chrono::seconds kRekeyingTimeout = 1h;
/// The most data in a packet to a client, whatever it says that it takes: RFC 4253 §6.1 has every client take as much.
inline constexpr std::uint32_t kMaxPacketData = 32 * 1024;
/// The most that ZOMG_SSH_MAX_SESSIONS can be set to.
inline constexpr std::size_t kMaxSessionsPerConnection = 32;
/// The most that ZOMG_SSH_MAX_SESSIONS_PER_BOX can be set to: every connection's.
inline constexpr std::size_t kMaxSessionsInAll = kMaxConnections * kMaxSessionsPerConnection;
/// sessionds of one connection: the sessions it may have, and as many that are still ending.
inline constexpr std::size_t kMaxSessiondsPerConnection = 4 * kMaxSessionsPerConnection;
/// Sessions that are prepared ahead of being asked for, one for each of the connections that were used
/// last, and for how long after its last use: the next command of a person or a script comes sooner. Each
/// is three processes that wait.
inline constexpr std::size_t kMaxSpareSessions = 256;
inline constexpr std::chrono::seconds kSpareSessionTime = 60s;
/// When the one after a connection's first session is prepared: most connections have no second.
inline constexpr std::chrono::milliseconds kSpareSessionDelay = 200ms;
/// Variables a client may set (LANG, LC_*, COLORTERM): as many as sshd(8) takes, and what they come
/// to in all, names, values and 8 bytes each, beside the longest command in one packet.
inline constexpr std::size_t kMaxEnvironmentVariables = 128;
inline constexpr std::size_t kMaxEnvironmentNameBytes = 256;
inline constexpr std::size_t kMaxEnvironmentValueBytes = 32 * 1024;
inline constexpr std::size_t kMaxEnvironmentBytes = 36 * 1024;
static_assert(kMaxCommandBytes + kMaxForcedCommandBytes + kMaxEnvironmentBytes + 1024 <=
              kMaxPacketBytes);
/// A terminal's rows, columns and pixels: struct winsize has 16 bits each.
inline constexpr std::uint32_t kMaxTerminalDimension = 65535;
/// Encoded terminal modes (RFC 4254 §8): 5 bytes for each of at most 255 opcodes, and the end.
inline constexpr std::size_t kMaxTerminalModesBytes = 255 * 5 + 1;
/// sftp: a packet (OpenSSH's are 256 KiB at most; others' servers allow more), what is looked at of
/// it (two paths), and a path as it is told.
inline constexpr std::uint32_t kMaxSftpPacketBytes = 1024 * 1024;
inline constexpr std::size_t kMaxSftpHeadBytes = 2 * 4096 + 128;
inline constexpr std::size_t kMaxSftpPathBytes = 4096;
/// What is kept of requests without an answer and of open files: as many reads as a pipe of 1 MiB
/// holds, for there are clients that ask for all of a file at once; 32 sessions of it are well
/// within kMaxConnectionMemoryBytes.
inline constexpr std::size_t kMaxSftpHeldBytes = 6 * 1024 * 1024;
/// Operations of sftp that a session tells at once, and then each second; of what comes on top the
/// number is told. A connection may tell as much for each of its sessions, and twice that before it
/// breaks the contract: two clocks are never the same.
inline constexpr unsigned kSftpReportBurst = 1000;
inline constexpr unsigned kSftpReportsPerSecond = 100;
/// Log events that one connection may report; more are dropped.
inline constexpr unsigned kMaxReportsPerConnection = 100;
/// What a session's pipes ask to hold, so that bulk transfers cost few system calls.
inline constexpr int kPipeBytes = 1024 * 1024;
/// The same of the one to the program's standard input. A program that does not read leaves as much
/// with the gateway, whose memory it is; what its output pipes hold is the box's.
inline constexpr int kInputPipeBytes = 256 * 1024;

// Lookup ---------------------------------------------------------------------------------------

/// Namespace, pod, container: Kubernetes object names (RFC 1123 subdomain, 253 characters).
inline constexpr std::size_t kMaxObjectNameBytes = 253;
/// A pod's UID: 36 characters of a UUID; a static pod's is 32, and the API sets no bound.
inline constexpr std::size_t kMaxPodUidBytes = 64;
/// A container ID: 64 hexadecimal digits in every runtime we know; room for a longer one.
inline constexpr std::size_t kMaxContainerIdBytes = 128;
/// A shorter id would prove too little when it is looked for in a cgroup's path.
inline constexpr std::size_t kMinContainerIdBytes = 64;
/// A container's environment as `NAME=value\0…`: execve(2) carries 2 MiB with the usual limit of the
/// stack, and 6 MiB with none.
inline constexpr std::size_t kMaxContainerEnvironmentBytes = 6 * 1024 * 1024;
/// A container's seccomp profile as JSON, the one part of the runtime's details that is held as a
/// tree: what runtimes ship has 600 values in 20 KiB, four objects deep.
inline constexpr std::size_t kMaxSubtreeValues = 16 * 1024;
inline constexpr std::size_t kMaxSubtreeBytes = 256 * 1024;
inline constexpr std::size_t kMaxSubtreeDepth = 16;
/// The BPF program made of it: BPF_MAXINSNS instructions of 8 bytes, more than which the kernel
/// refuses.
inline constexpr std::size_t kMaxSeccompFilterBytes = 4096 * 8;
/// Compiled profiles that the resolver keeps, a few milliseconds and at most 300 KiB each: a node
/// has few different ones.
inline constexpr std::size_t kMaxSeccompFilters = 16;
/// Containers that a user is told of, to choose one.
inline constexpr std::size_t kMaxNamedContainers = 16;
/// Lookups under way in the resolver at once; more wait in the monitor, where who left is forgotten.
inline constexpr std::size_t kResolverThreads = 8;
/// Of them, those of one key: half, so that one key alone never has all.
inline constexpr std::size_t kLookupsPerKey = kResolverThreads / 2;
/// When a lookup that a resolver's socket had no room for is sent again, if no answer comes before.
inline constexpr std::chrono::milliseconds kLookupSentAgain = 100ms;
/// One answer of containerd or the API server.
inline constexpr std::size_t kMaxCriAnswerBytes = 16 * 1024 * 1024;
/// Header and trailer lines of one answer (HTTP/2 servers allow 8 to 64 KiB), and how much of its
/// grpc-message goes into the log.
inline constexpr std::size_t kMaxGrpcHeaderBytes = 64 * 1024;
inline constexpr std::size_t kMaxGrpcMessageBytes = 1024;
/// The resolver's RLIMIT_NOFILE. Five descriptors a thread would do, but it also bounds descriptors
/// that were sent and not received yet (unix(7), ETOOMANYREFS): more than a socket's buffer holds.
inline constexpr std::size_t kResolverDescriptors = 1024;
/// The resolver's RLIMIT_DATA: an answer is held up to six times over while it is read.
inline constexpr std::size_t kResolverDataBytes =
    256 * 1024 * 1024 + 6 * kResolverThreads * kMaxCriAnswerBytes;
/// One call to containerd; a lookup is three of them.
inline constexpr std::chrono::seconds kCriCallTimeout = 5s;
/// A lookup that has not ended by then is given up by the monitor.
inline constexpr std::chrono::seconds kLookupTimeout = 30s;

// Sessions -------------------------------------------------------------------------------------

/// The message of the day of a box: each file is read up to here.
inline constexpr std::size_t kMaxMotdFileBytes = 32 * 1024;
inline constexpr std::size_t kMaxMotdBytes = 2 * kMaxMotdFileBytes + 1;
/// What a session executes, as an unprivileged process of ours worked it out in the box: the
/// container's environment, the command, the message of the day, and the paths and the client's
/// variables beside them.
inline constexpr std::size_t kMaxInvocationBytes =
    kMaxContainerEnvironmentBytes * 5 + kMaxCommandBytes + kMaxMotdBytes + 256 * 1024;
/// Variables in it: the shortest that a container can have, `A=`, takes three bytes of its bound.
inline constexpr std::size_t kMaxInvocationVariables = kMaxContainerEnvironmentBytes / 3 + 64;

// The Kubernetes API ---------------------------------------------------------------------------

/// A kubeconfig file, and each file that it names: a CA bundle is the largest.
inline constexpr std::size_t kMaxKubeconfigBytes = 1024 * 1024;
/// Pods in one answer of the API server (a pod is some 10 KiB of JSON), and answers to one lookup:
/// nobody has two thousand pods of one box.
inline constexpr unsigned kPodsPerPage = 100;
inline constexpr unsigned kMaxPodPages = 20;
/// One request to the API server, and the part of it that is the connection.
inline constexpr std::chrono::seconds kKubernetesCallTimeout = 8s;
inline constexpr std::chrono::seconds kKubernetesConnectTimeout = 3s;
/// What `zomg-ssh-gateway --check` waits for its requests, of which a dead server takes the first
/// one's time-out only.
inline constexpr std::chrono::seconds kClusterCheckTimeout = 30s;
/// Requests for one answer when the server fails or is busy; the delay before the second, doubling;
/// and the longest Retry-After that is waited for. With kLookupTimeout nobody waits longer anyway.
inline constexpr unsigned kKubernetesTries = 3;
inline constexpr std::chrono::milliseconds kKubernetesRetryDelay = 250ms;
inline constexpr std::chrono::seconds kMaxKubernetesRetryAfter = 5s;
/// Lists that are begun again because the server forgot where they were (410).
inline constexpr unsigned kMaxListRestarts = 2;
/// How long a pod that the API server named is taken for the one to go to, by a connection that
/// goes on: nobody tells us of its end, and the credentials that came with it grow old.
inline constexpr std::chrono::seconds kClusterAnswerAge = 30s;
/// How long a box of this node waits for what the API server says of its name, from when it was asked
/// and while that server is well: some ten times what an answer takes; and if it is slow, what a user
/// bears once when that server then hangs.
inline constexpr std::chrono::milliseconds kKubernetesGrace = 100ms;
inline constexpr std::chrono::milliseconds kMaxKubernetesGrace = 1s;
/// Pods of this node that the API server denied: 200 bytes each, 700 at most. No node has so many.
inline constexpr std::size_t kMaxDeniedPods = 4096;

// GitHub's keys ---------------------------------------------------------------------------------

/// Users in ZOMG_SSH_GITHUB_USERS: their settings are one packet.
inline constexpr std::size_t kMaxGithubUsers = 1000;
/// A login (GitHub allows 39 characters).
inline constexpr std::size_t kMaxGithubLoginBytes = 39;
/// A URL, and a path (PATH_MAX with its NUL is 4096).
inline constexpr std::size_t kMaxUrlBytes = 1024;
inline constexpr std::size_t kMaxPathBytes = 4095;
/// The body of one answer: 170 RSA keys of 4096 bits. Decoded, all of it fits a packet.
inline constexpr std::size_t kMaxGithubBodyBytes = 128 * 1024;
inline constexpr std::size_t kMaxGithubKeysPerUser = 256;
/// A line: as of authorized_keys.
inline constexpr std::size_t kMaxGithubLineBytes = kMaxAuthorizedKeysLineBytes;
/// Header lines of one answer; GitHub sends about 5 KiB.
inline constexpr std::size_t kMaxGithubHeaderBytes = 64 * 1024;
/// An entity tag (RFC 9110 §8.8.3 has no bound): GitHub's has 70 characters.
inline constexpr std::size_t kMaxEtagBytes = 256;
/// Fetches under way at once, each over a connection of its own where HTTP/2 is not spoken.
inline constexpr std::size_t kMaxParallelFetches = 8;
/// To be connected, and one fetch as a whole.
inline constexpr std::chrono::seconds kFetchConnectTimeout = 10s;
inline constexpr std::chrono::seconds kFetchTimeout = 30s;
/// An answer that brings fewer bytes a second than this, for this long, is given up.
inline constexpr long kFetchLowSpeedBytes = 100;
inline constexpr std::chrono::seconds kFetchLowSpeedTime = 5s;
/// After a failed fetch, doubling up to the second figure; but never longer than asked for.
inline constexpr std::chrono::seconds kFetchBackoff = 5s;
inline constexpr std::chrono::seconds kMaxFetchBackoff = 5min;
/// The longest Retry-After that is obeyed: a slip of the server must not stop us for a year.
inline constexpr std::chrono::seconds kMaxRetryAfter = 1h;
/// A state file: a thousand users with ten RSA keys each take 6 MiB.
inline constexpr std::size_t kMaxKeyringStateBytes = 32 * 1024 * 1024;
/// The certificates of ZOMG_SSH_GITHUB_CA: the system's bundle has 220 KiB.
inline constexpr std::size_t kMaxCaFileBytes = 4 * 1024 * 1024;
/// resolv.conf(5), hosts(5) and the like: a hosts file that blocks advertisements has 3 MiB.
inline constexpr std::size_t kMaxResolverFileBytes = 8 * 1024 * 1024;
/// The keyring's RLIMIT_NOFILE: a connection, a resolver's sockets and a pipe for each fetch.
inline constexpr std::size_t kKeyringDescriptors = 256;
/// The keyring's RLIMIT_DATA: the state twice over, the certificates, and TLS for each fetch.
inline constexpr std::size_t kKeyringDataBytes = 256 * 1024 * 1024;
/// A keyring that cannot resolve or trust the server ends after this long, and starts anew with the
/// resolv.conf and the certificates of the day.
inline constexpr std::chrono::seconds kKeyringRenewal = 10min;
/// How often ZOMG_SSH_AUTHORIZED_KEYS_FILE is looked at. It is read when it has not changed for as
/// long, so that a file which is being written is not read half.
inline constexpr std::chrono::milliseconds kKeyFilePoll = 500ms;

// Events ---------------------------------------------------------------------------------------

/// How much of a command an event shows: a line of the audit trail stays one page long.
inline constexpr std::size_t kMaxEventCommandBytes = 4096;
/// Events that wait for an observer that does not read. What comes on top is dropped and counted.
inline constexpr std::size_t kMaxQueuedEvents = 8192;
inline constexpr std::size_t kMaxQueuedEventBytes = 4 * 1024 * 1024;
/// How soon an observer that did not read is tried again.
inline constexpr std::chrono::milliseconds kObserverRetry = 50ms;
/// How long the gateway's end waits for the last lines of the audit trail.
inline constexpr std::chrono::milliseconds kAuditFinishTime = 2s;

// Health and metrics ---------------------------------------------------------------------------

/// How often zomg-ssh-metrics is told what the gateway is like, and after how long a silence it
/// says that the monitor does not answer: longer than the slowest thing that the monitor does at
/// once.
inline constexpr std::chrono::seconds kStateInterval = 1s;
inline constexpr std::chrono::seconds kMonitorSilence = 10s;
/// Clients of health and metrics at a time, in all and from one address: the kubelet, two
/// Prometheus servers, and an operator. One that holds on, however slowly it goes on sending, is
/// cut off.
inline constexpr unsigned kMaxScrapes = 16;
inline constexpr unsigned kMaxScrapesPerAddress = 6;
inline constexpr std::chrono::seconds kMaxScrapeTime = 10s;
inline constexpr std::chrono::seconds kMaxScrapeSilence = 3s;
/// A request of theirs, and what is kept to answer it: the headers of a browser fit.
inline constexpr std::size_t kMaxScrapeRequestBytes = 16 * 1024;
/// The least that libmicrohttpd can be asked to read at a time.
inline constexpr std::size_t kScrapeReadBytes = 2 * 1024;

// Sessions' ends -------------------------------------------------------------------------------

/// passwd(5) of the box: read up to here, then as if it ended.
inline constexpr std::size_t kMaxPasswdBytes = 1024 * 1024;
/// What the recorder reads of a terminal at once, and how often in a row before the control sockets
/// have their turn.
inline constexpr std::size_t kRecorderReadBytes = 64 * 1024;
inline constexpr int kMaxRecorderReads = 16;
/// One file of a recording: what a player, and whoever copies it, handles with ease.
inline constexpr std::size_t kRecordPartBytes = 16 * 1024 * 1024;
/// The most that ZOMG_SSH_RECORD_MAX_MIB can be set to: a terminal at full speed fills it in an
/// hour.
inline constexpr std::uint64_t kMaxRecordMebibytes = 1024 * 1024;

/// Between SIGHUP and SIGKILL for what a vanished client leaves behind.
inline constexpr std::chrono::seconds kHangupGrace = 5s;
/// From fork to the user's program; a frozen cgroup or a dead file system could hold it for ever.
inline constexpr std::chrono::seconds kEntryTimeout = 20s;
/// What an entry process that was killed gets to end before it is left behind: one that is frozen
/// ends only once it is thawed.
inline constexpr std::chrono::milliseconds kEntryEndTimeout = 1000ms;
/// The kubeconfig and hosts files for kubectl: kMaxKubeconfigBytes of certificates in base64 each.
inline constexpr std::size_t kMaxKubectlFilesBytes = 4 * 1024 * 1024;
/// From the start of kubectl to that of the user's program: an API server and a kubelet that are
/// overloaded take half a minute, and their own time-outs are not much longer.
inline constexpr std::chrono::seconds kKubectlStartTimeout = 60s;
/// Signals of a client that wait for the one before: each is a request to the API server.
inline constexpr std::size_t kMaxSignalsWaiting = 16;
/// How long it is tried to end what a session left in a container that cannot be reached, and the
/// longest time between two tries.
inline constexpr std::chrono::seconds kRemoteSignalTimeout = 180s;
inline constexpr std::chrono::milliseconds kMaxRemoteSignalDelay = 10s;
/// Whoever took the user number that the kernel counts it by less than this ago has not been found out
/// (sandbox/counted_apart.h), for trying all takes half an hour: something else refuses what it needs.
inline constexpr std::chrono::seconds kLeastTimeToBeFoundOut = 10s;
/// Between a helper's crash and its restart, doubling up to the second figure.
inline constexpr std::chrono::milliseconds kRestartDelay = 100ms;
inline constexpr std::chrono::milliseconds kMaxRestartDelay = 30s;

}  // namespace zomg::limits
