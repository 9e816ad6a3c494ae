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
#include <sys/prctl.h>
#include <sys/signalfd.h>

#include "common/base/child.h"
#include "common/base/log.h"
#include "common/messages/recorder.h"
#include "common/sandbox/root.h"
#include "monitor/helpers/recorder/recording_name.h"
#include "monitor/helpers/recorder/relay.h"
#include "monitor/helpers/recorder/sandbox.h"

namespace {

using namespace zomg;
using common::Fd;
using common::Result;

/// SIGWINCH, blocked and readable.
Result<Fd> open_resize_signal() {
  sigset_t resize;
  sigemptyset(&resize);
  sigaddset(&resize, SIGWINCH);
  ::sigprocmask(SIG_BLOCK, &resize, nullptr);
  Fd fd(::signalfd(-1, &resize, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd) return common::errno_error("signalfd");
  return fd;
}

Result<void> run() {
  std::vector<Fd> fds;
  const auto order =
      ipc::Channel(Fd(common::kChannelFd)).receive_message<messages::RecordOrder>(&fds);
  if (!order) return order.error().with_context("order");
  auto resized = open_resize_signal();
  if (!resized) return resized.error();
  auto terminal = recorder::Terminal::make();
  if (!terminal) return terminal.error();
  // Now, for the C library's calendar looks for the time zone's file.
  const std::string name = recorder::recording_name(*order, std::chrono::system_clock::now());
  // One that cannot be had fails like any other trouble with the file: when the session begins.
  auto directory = sandbox::open_detached(order->directory.value);
  if (!directory) log::error("{}", directory.error().message);
  if (auto entered = recorder::enter_sandbox({order->uid, order->gid}); !entered) {
    return entered.error().with_context("sandbox");
  }
  recorder::Recording recording(
      directory ? std::move(*directory) : Fd(),
      {name, recorder::recording_title(*order), limits::kRecordPartBytes, order->max_bytes});
  recorder::Relay relay(ipc::Channel(std::move(fds[0])), ipc::Channel(std::move(fds[1])),
                        std::move(*terminal), std::move(recording), order->mandatory,
                        std::move(*resized));
  relay.run();
  return {};
}

}  // namespace

int main() {
  // Started by descriptor, it would be called by the descriptor's number.
  ::prctl(PR_SET_NAME, "zomg-ssh-recorder");
  log::start("zomg-ssh-recorder", log::Level::kInfo);
  // What ends the gateway, or hangs the terminal up, is the session's to end by.
  for (const int ignored : {SIGHUP, SIGINT, SIGTERM, SIGPIPE, SIGXFSZ}) {
    ::signal(ignored, SIG_IGN);
  }
  if (auto ran = run(); !ran) {
    log::error("{}", ran.error().message);
    return 1;
  }
  return 0;
}
