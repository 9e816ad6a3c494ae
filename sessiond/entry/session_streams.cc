#include "sessiond/entry/session_streams.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/base/limits.h"
#include "common/messages/session.h"

namespace zomg::sessiond {

using common::errno_error;
using common::Result;

Result<SessionStreams> SessionStreams::make(const BoxRoot& root, bool terminal) {
  SessionStreams streams;
  if (terminal) {
    auto master = root.open_terminal();
    if (!master) return master.error();
    // The other end by the master, not by a path: the box has no say in which it is.
    streams.terminal_ =
        common::Fd(::ioctl(master->get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));  // NOLINT
    unsigned number = 0;
    if (!streams.terminal_ || ::ioctl(master->get(), TIOCGPTN, &number) != 0) {
      return errno_error("terminal");
    }
    streams.terminal_path_ = fmt::format("/dev/pts/{}", number);
    streams.terminal_master_ = std::move(*master);
    return streams;
  }
  for (common::FdPair* pair : {&streams.input_, &streams.output_, &streams.error_}) {
    auto pipe =
        common::make_pipe(pair == &streams.input_ ? limits::kInputPipeBytes : limits::kPipeBytes);
    if (!pipe) return pipe.error();
    *pair = std::move(*pipe);
  }
  return streams;
}

Result<void> SessionStreams::give_to(const Identity& identity) const {
  if (identity.uid == 0) return {};  // who made them
  // A terminal keeps the group that its devpts gives it.
  if (terminal_) {
    if (::fchown(terminal_.get(), identity.uid, static_cast<gid_t>(-1)) == 0) return {};
    return errno_error("fchown the terminal");
  }
  for (const common::FdPair* pair : {&input_, &output_, &error_}) {
    if (::fchown(pair->first.get(), identity.uid, identity.gid) != 0) {
      return errno_error("fchown a pipe");
    }
  }
  return {};
}

Result<void> SessionStreams::hand_over(const ipc::Channel& control) const {
  const bool terminal = static_cast<bool>(terminal_);
  const messages::SessionReady ready{terminal};
  auto sent = terminal ? control.send(ready, {terminal_master_.get()})
                       : control.send(
                             ready, {input_.second.get(), output_.first.get(), error_.first.get()});
  if (!sent) return sent;
  auto go = control.receive_message<messages::SessionGo>();
  if (!go) return go.error();
  return {};
}

bool SessionStreams::install() const {
  const bool terminal = static_cast<bool>(terminal_);
  return common::install_fd(terminal ? terminal_.get() : input_.first.get(), STDIN_FILENO) &&
         common::install_fd(terminal ? terminal_.get() : output_.second.get(), STDOUT_FILENO) &&
         common::install_fd(terminal ? terminal_.get() : error_.second.get(), STDERR_FILENO);
}

bool SessionStreams::take_terminal() const {
  return !terminal_ || ::ioctl(STDIN_FILENO, TIOCSCTTY, 0) == 0;
}

}  // namespace zomg::sessiond
