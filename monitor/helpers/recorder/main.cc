// zomg-ssh-recorder: records the terminal of one session as an asciicast.
//
// Started by: the monitor, as root, for each session with a terminal that is to be recorded.
// Runs as:    the account in RecordOrder, no capabilities, an empty read-only root, an empty network
//             namespace, seccomp allow-list (sandbox.cc).
// Descriptors: 0 and 1 /dev/null, 2 the log; the two ends of the session's control socket that it
//             stands between; the box's terminal and one of its own; the directory of recordings,
//             as a mount from which no path leads out; the file.
// Trusts:     nobody: the messages of both sides are only passed on, and what the box's terminal
//             says is only ever written escaped.
// Dies:       when the connection process or the session goes. Then the other one's control socket
//             closes, and the box's terminal hangs up.
#include <signal.h>

#include "common/base/io/signals.h"
#include "common/messages/recorder.h"
#include "common/program/run.h"
#include "common/sandbox/root.h"
#include "monitor/helpers/recorder/recording_name.h"
#include "monitor/helpers/recorder/relay.h"
#include "monitor/helpers/recorder/sandbox.h"

namespace {

using namespace zomg;
using common::Fd;
using common::Result;

struct Work {
  messages::RecordOrder order;
  std::vector<Fd> ends;
  Fd resized;
  recorder::Terminal terminal;
  std::string name;
  Fd directory;
};

Result<Work> prepare(ipc::Channel monitor, program::Place& place) {
  std::vector<Fd> fds;
  const auto order = monitor.receive_message<messages::RecordOrder>(&fds);
  if (!order) return order.error().with_context("order");
  place.account = {order->uid, order->gid};
  auto resized = common::open_signals({SIGWINCH});
  if (!resized) return resized.error();
  auto terminal = recorder::Terminal::make();
  if (!terminal) return terminal.error();
  // Now, for the C library's calendar looks for the time zone's file.
  std::string name = recorder::recording_name(*order, std::chrono::system_clock::now());
  // One that cannot be had fails like any other trouble with the file: when the session begins.
  auto directory = sandbox::open_detached(order->directory.value);
  if (!directory) log::error("{}", directory.error().message);
  return Work{*order,
              std::move(fds),
              std::move(*resized),
              std::move(*terminal),
              std::move(name),
              directory ? std::move(*directory) : Fd()};
}

Result<void> serve(Work& work) {
  recorder::Recording recording(std::move(work.directory),
                                {work.name, recorder::recording_title(work.order),
                                 limits::kRecordPartBytes, work.order.max_bytes});
  recorder::Relay relay(ipc::Channel(std::move(work.ends[0])),
                        ipc::Channel(std::move(work.ends[1])), std::move(work.terminal),
                        std::move(recording), work.order.mandatory, std::move(work.resized));
  relay.run();
  return {};
}

}  // namespace

int main() {
  return program::run(recorder::kRow, prepare, serve);
}
