#include "common/failure.h"

#include <array>

#include "common/check.h"

namespace zomg::common {
namespace {

struct Row {
  Failure failure;
  std::uint32_t exit_status;
  std::string_view sentence;
};

constexpr std::array<Row, static_cast<std::size_t>(Failure::kMaxValue) + 1> kRows{{
    {Failure::kNone, 0, ""},
    {Failure::kNoSuchBox, 255,
     "There is no such box. Check the project and the box in the user name, <project>--<box>."},
    {Failure::kBoxNotReady, 255,
     "The box is not running yet. Try again in a moment, or ask who runs the cluster."},
    {Failure::kAmbiguousNamespace, 255,
     "More than one namespace has a box of this name. Ask who runs the gateway to set "
     "ZOMG_SSH_NAMESPACE."},
    {Failure::kLookupFailed, 255,
     "The gateway could not look the box up. Try again, or ask who runs the gateway to read its "
     "log."},
    {Failure::kLookupTimedOut, 255,
     "Looking the box up took too long. Try again, or ask who runs the gateway to read its log."},
    {Failure::kTooManySessions, 255,
     "This connection has as many sessions as it may have. End one, or open another connection."},
    {Failure::kNotAContainer, 255,
     "The gateway refused to enter the box because it does not look like a container. Ask who runs "
     "the gateway to read its log."},
    {Failure::kEnterFailed, 255,
     "The gateway could not enter the box. Try again, or ask who runs the gateway to read its "
     "log."},
    {Failure::kNoChrootDirectory, 255,
     "The box has no /volumes directory. Mount one, or ask who runs the gateway to set "
     "ZOMG_SSH_CHROOT."},
    {Failure::kNoShell, 127,
     "The user's shell could not be started in the box. Install it, or correct /etc/passwd there."},
    {Failure::kNoSftpServer, 127,
     "The box has no sftp-server. Install the package openssh-sftp-server in it, or use scp -O."},
    {Failure::kNoTerminal, 255,
     "The box gave no terminal. See that /dev/pts is mounted in it, or connect without one (ssh "
     "-T)."},
    {Failure::kNoBoxUser, 255,
     "The box has no user of the name that sessions run as. Add it to /etc/passwd there, or ask "
     "who "
     "runs the gateway to set ZOMG_SSH_BOX_USER."},
    {Failure::kBoxFrozen, 255,
     "The box is paused. Connect again when it goes on, or ask who runs the cluster."},
    {Failure::kNotConfined, 255,
     "The gateway could not confine the session as the box is, so it refused. Ask who runs the "
     "gateway to read its log."},
    {Failure::kTooManySessionsInBox, 255,
     "The box has as many sessions as the gateway allows. End one, or ask who runs the gateway to "
     "raise ZOMG_SSH_MAX_SESSIONS_PER_BOX."},
    {Failure::kBoxStopped, 255, "The box was stopped. Connect again when it runs."},
    {Failure::kGatewayStopping, 255,
     "The gateway is being stopped and ended this session. Connect again in a moment."},
    {Failure::kGatewayFailed, 255,
     "The gateway failed to start the session. Try again, or ask who runs the gateway to read its "
     "log."},
    {Failure::kKubernetesUnreachable, 255,
     "The box is not on the gateway's node, and the Kubernetes API could not be reached. Try again "
     "in a moment."},
    {Failure::kKubernetesRefused, 255,
     "The box is not on the gateway's node, and the Kubernetes API refused the gateway. Ask who "
     "runs the gateway to read its log."},
    {Failure::kKubernetesBusy, 255,
     "The box is not on the gateway's node, and the Kubernetes API is too busy. Try again in a "
     "moment."},
    {Failure::kBackendFailed, 255,
     "The box could not be reached through the Kubernetes API. Try again, or ask who runs the "
     "gateway to read its log."},
    {Failure::kBackendLost, 255,
     "The connection to the box was lost, so how the command ended is not known. Connect again."},
    {Failure::kNoBoxShell, 255,
     "The box has no /bin/sh or no chroot outside of its /volumes, which are needed to reach it "
     "through the Kubernetes API. Ask who made its image to add them."},
}};

const Row& row(Failure failure) {
  const Row& found = kRows[static_cast<std::size_t>(failure)];
  CHECK(found.failure == failure);
  return found;
}

}  // namespace

std::string_view sentence(Failure failure) {
  return row(failure).sentence;
}

std::uint32_t exit_status(Failure failure) {
  return row(failure).exit_status;
}

}  // namespace zomg::common
