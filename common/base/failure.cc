#include "common/base/failure.h"

#include <array>

#include "common/base/check.h"

namespace zomg::common {
namespace {

struct Row {
  Failure failure;
  std::uint32_t exit_status;
  std::string_view happening;
  std::string_view remedy;
};

constexpr std::array<Row, static_cast<std::size_t>(Failure::kMaxValue) + 1> kRows{{
    {Failure::kNone, 0, "", ""},
    {Failure::kNoSuchBox, 255, "There is no such box.",
     "Check the project and the box in the user name, <project>--<box>."},
    {Failure::kBoxNotReady, 255, "The box is not running yet.",
     "Try again in a moment, or ask who runs the cluster."},
    {Failure::kSeveralContainers, 255,
     "The box has several containers, and which one is meant is not known.",
     "Name one in the user name: <project>--<box>+<container>."},
    {Failure::kNoSuchContainer, 255, "The box has no such container.",
     "Name another in the user name, <project>--<box>+<container>, or none."},
    {Failure::kAmbiguousNamespace, 255, "More than one namespace has a box of this name.",
     "Ask who runs the gateway to set ZOMG_SSH_NAMESPACE."},
    {Failure::kLookupFailed, 255, "The gateway could not look the box up.",
     "Try again, or ask who runs the gateway to read its log."},
    {Failure::kLookupTimedOut, 255, "Looking the box up took too long.",
     "Try again, or ask who runs the gateway to read its log."},
    {Failure::kTooManySessions, 255, "This connection has as many sessions as it may have.",
     "End one, or open another connection."},
    {Failure::kNotAContainer, 255,
     "The gateway refused to enter the box because it does not look like a container.",
     "Ask who runs the gateway to read its log."},
    {Failure::kEnterFailed, 255, "The gateway could not enter the box.",
     "Try again, or ask who runs the gateway to read its log."},
    {Failure::kNoChrootDirectory, 255, "The box has no /volumes directory.",
     "Mount one, or ask who runs the gateway to set ZOMG_SSH_CHROOT."},
    {Failure::kNoShell, 127, "The user's shell could not be started in the box.",
     "Install it, or correct /etc/passwd there."},
    {Failure::kNotExecutable, 126,
     "The box does not let the user's shell, or its sftp-server, be executed.",
     "See that it is not on a file system that is mounted noexec, and is made for this machine."},
    // The first words are sshd's.
    {Failure::kArgumentsTooLong, 1, "Argument list too long.",
     "Send what the command needs on its standard input, or in a file."},
    {Failure::kNoSftpServer, 127, "The box has no sftp-server.",
     "Install the package openssh-sftp-server in it, or use scp -O."},
    {Failure::kNoTerminal, 255, "The box gave no terminal.",
     "See that /dev/pts is mounted in it, or connect without one (ssh -T)."},
    {Failure::kNoBoxUser, 255, "The box has no user of the name that sessions run as.",
     "Add it to /etc/passwd there, or ask who runs the gateway to set ZOMG_SSH_BOX_USER."},
    {Failure::kCannotBecomeBoxUser, 255,
     "A session through the Kubernetes API cannot run as the user that it has to in this box.",
     "Ask who made its image to add setpriv, or who runs the gateway to set ZOMG_SSH_BOX_USER."},
    {Failure::kBoxFrozen, 255, "The box is paused.",
     "Connect again when it goes on, or ask who runs the cluster."},
    {Failure::kNotConfined, 255,
     "The gateway could not confine the session as the box is, so it refused.",
     "Ask who runs the gateway to read its log."},
    {Failure::kTooManySessionsInBox, 255, "The box has as many sessions as the gateway allows.",
     "End one, or ask who runs the gateway to raise ZOMG_SSH_MAX_SESSIONS_PER_BOX."},
    {Failure::kTooManySessionsInAll, 255, "The gateway has as many sessions as it may have.",
     "Try again in a few minutes, or ask who runs the gateway to raise ZOMG_SSH_MAX_CONNECTIONS."},
    {Failure::kTooManySessionsOfKey, 255, "Your key has as many sessions as the gateway allows.",
     "End one, or ask who runs the gateway to raise ZOMG_SSH_MAX_CONNECTIONS_PER_KEY."},
    {Failure::kBoxStopped, 255, "The box was stopped.", "Connect again when it runs."},
    {Failure::kBoxChanged, 255,
     "The box's first process changed its namespaces while the gateway entered, so it refused.",
     "Try again, or ask who made the box what that process does."},
    {Failure::kBoxNotAsRecorded, 255,
     "The box's first process is not confined as its runtime recorded, so the gateway refused.",
     "Ask who runs the gateway to read its log."},
    {Failure::kBoxOutOfProcesses, 255, "The box has as many processes as it may have.",
     "End some of them, or ask who runs the cluster to raise the box's limit (pids.max)."},
    {Failure::kBoxHindered, 255, "The box kept the gateway from starting a session in it.",
     "See whether it is out of memory, or ask who runs the gateway to read its log."},
    {Failure::kGatewayStopping, 255, "The gateway is being stopped and ended this session.",
     "Connect again in a moment."},
    {Failure::kGatewayFailed, 255, "The gateway failed to start the session.",
     "Try again, or ask who runs the gateway to read its log."},
    {Failure::kKubernetesUnreachable, 255,
     "The box is not on the gateway's node, and the Kubernetes API could not be reached.",
     "Try again in a moment."},
    {Failure::kKubernetesRefused, 255,
     "The box is not on the gateway's node, and the Kubernetes API refused the gateway.",
     "Ask who runs the gateway to read its log."},
    {Failure::kKubernetesBusy, 255,
     "The box is not on the gateway's node, and the Kubernetes API is too busy.",
     "Try again in a moment."},
    {Failure::kBackendFailed, 255, "The box could not be reached through the Kubernetes API.",
     "Try again, or ask who runs the gateway to read its log."},
    {Failure::kBackendLost, 255,
     "The connection to the box was lost, so how the command ended is not known.",
     "Connect again."},
    {Failure::kNoBoxShell, 255,
     "The box has no /bin/sh or no chroot outside of its /volumes, which are needed to reach it "
     "through the Kubernetes API.",
     "Ask who made its image to add them."},
    {Failure::kNotRecorded, 255,
     "Sessions with a terminal have to be recorded here, and this one could not be.",
     "Ask who runs the gateway to read its log."},
    {Failure::kIdle, 255, "Nothing was sent either way for too long, so the session was ended.",
     "Connect again; what is to go on without you belongs in tmux."},
    {Failure::kIdleSoon, 255, "This session is idle and is about to be ended.",
     "Press a key to keep it."},
    {Failure::kConnectionEnded, 255, "The connection ended before the session began.",
     "Connect again."},
    {Failure::kBadLoginName, 255, "The user name is not of the form <project>--<box>.",
     "Connect as <project>--<box>@..., each half at most 63 letters, digits, dots, dashes and "
     "underscores."},
    {Failure::kKeyRefused, 255, "The key may not log in.",
     "If it should, add it to ZOMG_SSH_AUTHORIZED_KEYS, its file, or the keys of a GitHub user."},
    {Failure::kKeyRevoked, 255, "Your key may log in no more, so the connection was ended.",
     "Ask who runs the gateway to authorize a key of yours."},
    {Failure::kForwardingOff, 255, "Port forwarding is off on this gateway.",
     "Work inside the box, or copy files with sftp, scp or rsync."},
    {Failure::kTooManyConnectionsOfKey, 255,
     "Your key has as many connections as the gateway allows.",
     "End one, or ask who runs the gateway to raise ZOMG_SSH_MAX_CONNECTIONS_PER_KEY."},
    {Failure::kTooManyConnectionsOfUser, 255,
     "This login name has as many connections as the gateway allows.",
     "End one, or ask who runs the gateway to raise ZOMG_SSH_MAX_CONNECTIONS_PER_USER."},
    {Failure::kMadeRoom, 255,
     "The gateway is full, and your connection, which had no session, was ended to make room.",
     "Connect again."},
    {Failure::kTooManyAuthenticationFailures, 255, "Too many authentication failures.",
     "Offer the right key alone: ssh -i KEY -o IdentitiesOnly=yes."},
    {Failure::kLoginTooSlow, 255, "Nobody logged in within the time that the gateway allows.",
     "Connect again, with a key that is unlocked."},
    {Failure::kClientSilent, 255, "Your client stopped answering, so the connection was ended.",
     "See that the network is up, and connect again."},
    {Failure::kProtocolBroken, 255,
     "Your client broke the SSH protocol, so the connection was ended.",
     "Update it, or ask who runs the gateway to read its log."},
    // As sshd(8) begins it: who is refused unseen learns no reason.
    {Failure::kNotServed, 255, "Not allowed at this time.", "Try again in a few minutes."},
}};

const Row& row(Failure failure) {
  const Row& found = kRows[static_cast<std::size_t>(failure)];
  CHECK(found.failure == failure);
  return found;
}

}  // namespace

std::string_view happening(Failure failure) {
  return row(failure).happening;
}

std::string_view remedy(Failure failure) {
  return row(failure).remedy;
}

std::string sentence(Failure failure) {
  return std::string(happening(failure)).append(" ").append(remedy(failure));
}

std::uint32_t exit_status(Failure failure) {
  return row(failure).exit_status;
}

}  // namespace zomg::common
