#include "sessiond/session_streams.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/limits.h"
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
    auto pipe = common::make_pipe(limits::kPipeBytes);
    if (!pipe) return pipe.error();
    *pair = std::move(*pipe);
  }
  return streams;
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
  if (terminal_) {
    return ::ioctl(terminal_.get(), TIOCSCTTY, 0) == 0 &&
           common::install_fd(terminal_.get(), STDIN_FILENO) &&
           common::install_fd(terminal_.get(), STDOUT_FILENO) &&
           common::install_fd(terminal_.get(), STDERR_FILENO);
  }
  return common::install_fd(input_.first.get(), STDIN_FILENO) &&
         common::install_fd(output_.second.get(), STDOUT_FILENO) &&
         common::install_fd(error_.second.get(), STDERR_FILENO);
}

}  // namespace zomg::sessiond
