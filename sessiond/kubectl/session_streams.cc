#include "sessiond/kubectl/session_streams.h"

#include <fcntl.h>
#include <unistd.h>

#include "common/base/limits.h"
#include "common/messages/session.h"

namespace zomg::kubectl {
namespace {

using common::errno_error;
using common::Fd;
using common::Result;

/// Master and terminal.
Result<common::FdPair> make_terminal() {
  Fd master(::open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!master) return errno_error("/dev/ptmx");
  int locked = 0;
  if (::ioctl(master.get(), TIOCSPTLCK, &locked) != 0) return errno_error("TIOCSPTLCK");
  Fd terminal(::ioctl(master.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));  // NOLINT
  if (!terminal) return errno_error("TIOCGPTPEER");
  return common::FdPair{std::move(master), std::move(terminal)};
}

Result<void> make_raw(int terminal) {
  termios raw{};
  if (::tcgetattr(terminal, &raw) != 0) return errno_error("tcgetattr");
  ::cfmakeraw(&raw);
  if (::tcsetattr(terminal, TCSANOW, &raw) != 0) return errno_error("tcsetattr");
  return {};
}

}  // namespace

Result<SessionStreams> SessionStreams::make(bool terminal) {
  SessionStreams streams;
  streams.terminal = terminal;
  auto error = common::make_pipe();
  if (!error) return error.error();
  streams.kubectl_error = std::move(error->second);
  if (terminal) {
    streams.kubectl_says = std::move(error->first);
    auto outer = make_terminal();
    if (!outer) return outer.error();
    auto inner = make_terminal();
    if (!inner) return inner.error();
    streams.master = std::move(outer->first);
    streams.client = std::move(outer->second);
    streams.backend = std::move(inner->first);
    streams.kubectl_input = std::move(inner->second);
    streams.kubectl_output = Fd(::fcntl(streams.kubectl_input.get(), F_DUPFD_CLOEXEC, 0));
    return streams;
  }
  streams.backend = std::move(error->first);
  auto input = common::make_pipe(limits::kPipeBytes);
  auto client_input = common::make_pipe(limits::kPipeBytes);
  auto output = common::make_pipe(limits::kPipeBytes);
  auto client = common::make_pipe();
  auto client_output = common::make_pipe(limits::kPipeBytes);
  if (!input || !client_input || !output || !client || !client_output) return errno_error("pipe2");
  streams.kubectl_input = std::move(input->first);
  streams.backend_input = std::move(input->second);
  streams.client_input = std::move(client_input->first);
  streams.connection_input = std::move(client_input->second);
  streams.backend_output = std::move(output->first);
  streams.kubectl_output = std::move(output->second);
  streams.connection_output = std::move(client_output->first);
  streams.client_output = std::move(client_output->second);
  streams.connection_error = std::move(client->first);
  streams.client = std::move(client->second);
  return streams;
}

Result<void> SessionStreams::hand_over(const ipc::Channel& control) {
  const messages::SessionReady ready{terminal};
  auto sent = terminal ? control.send(ready, {master.get()})
                       : control.send(ready, {connection_input.get(), connection_output.get(),
                                              connection_error.get()});
  if (!sent) return sent;
  auto go = control.receive_message<messages::SessionGo>();
  if (!go) return go.error();
  for (Fd* fd : {&master, &connection_input, &connection_output, &connection_error}) fd->reset();
  for (const Fd* fd :
       {&client, &backend, &client_output, &backend_output, &client_input, &backend_input}) {
    if (!*fd) continue;
    if (auto set = common::set_nonblocking(fd->get(), true); !set) return set;
  }
  if (!terminal) return {};
  if (auto set = common::set_nonblocking(kubectl_says.get(), true); !set) return set;
  if (::tcgetattr(client.get(), &modes) != 0 || ::ioctl(client.get(), TIOCGWINSZ, &size) != 0) {
    return errno_error("the client's terminal");
  }
  // Ours by a window's change, which is told to the session of a controlling terminal only.
  if (::setsid() < 0 || ::ioctl(client.get(), TIOCSCTTY, 0) != 0) return errno_error("TIOCSCTTY");
  if (auto raw = make_raw(client.get()); !raw) return raw;
  if (auto raw = make_raw(kubectl_input.get()); !raw) return raw;
  if (::ioctl(backend.get(), TIOCSWINSZ, &size) != 0) return errno_error("TIOCSWINSZ");
  return {};
}

}  // namespace zomg::kubectl
