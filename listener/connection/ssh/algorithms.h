#pragma once

/// What is offered to clients, best first. Post-quantum key exchange leads (OpenSSH warns without
/// it since 10.1); no SHA-1, no CBC, no DSA, no finite-field groups, no NIST
/// curves, which ssh-audit(1) counts as a failure. Strict key exchange (OpenSSH
/// PROTOCOL §1.10) is libssh's own doing.
namespace zomg::connection::ssh {

inline constexpr const char* kKeyExchanges =
    "mlkem768x25519-sha256,sntrup761x25519-sha512,sntrup761x25519-sha512@openssh.com,"
    "curve25519-sha256,curve25519-sha256@libssh.org";

inline constexpr const char* kHostKeyAlgorithms = "ssh-ed25519";

inline constexpr const char* kCiphers =
    "chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,aes128-gcm@openssh.com,"
    "aes256-ctr,aes128-ctr";

inline constexpr const char* kMacs =
    "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha2-256,hmac-sha2-512";

/// For users' keys. The monitor has the last word.
inline constexpr const char* kUserKeyAlgorithms =
    "ssh-ed25519,sk-ssh-ed25519@openssh.com,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,"
    "ecdsa-sha2-nistp521,sk-ecdsa-sha2-nistp256@openssh.com,rsa-sha2-512,rsa-sha2-256";

/// sshd_config(5) RekeyLimit, its time; the volume is each cipher's own (RFC 4344 §3.2: 64 GiB for
/// AES, 1 GiB for ChaCha20 as OpenSSH has it).
inline constexpr unsigned kRekeySeconds = 3600;

}  // namespace zomg::connection::ssh
