#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

struct ssh_channel_struct;
struct ssh_message_struct;
struct ssh_session_struct;

/// Packets that libssh has no function for, or makes otherwise than we want them.
namespace zomg::connection::ssh {

/// Sends keepalive@openssh.com, wanting a reply, as sshd(8) does: as a request of the channel that is
/// `channel` at the client, or, where none is open, as a global one. libssh has a function for the
/// latter, but that waits for the reply; one that it does not wait for it ignores.
void send_keepalive(ssh_session_struct* session, std::optional<std::uint32_t> channel);

/// Sends SSH_MSG_USERAUTH_BANNER (RFC 4252 §5.4), unless there is nothing to say.
void send_banner(ssh_session_struct* session, std::string_view text);

/// Opens the channel that the client asked for by `message`, with a first window of `window` bytes.
/// In the confirmation: there are clients that lose what they are allowed right after it.
void confirm_channel(ssh_message_struct* message, ssh_channel_struct* channel,
                     std::uint32_t window);

/// Allows the client `bytes` more on a channel, which is `channel` at the client.
void send_window_adjust(ssh_session_struct* session, std::uint32_t channel, std::uint32_t bytes);

/// Refuses the channel that the client asked for as its `channel` (RFC 4254 §5.1).
void refuse_open(ssh_session_struct* session, std::uint32_t channel, std::uint32_t reason_code,
                 std::string_view why);

}  // namespace zomg::connection::ssh
