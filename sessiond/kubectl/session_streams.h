#pragma once

#include <sys/ioctl.h>
#include <termios.h>

#include "common/base/fd.h"
#include "common/ipc/channel.h"

namespace zomg::kubectl {

/// The descriptors between the connection process, this process and kubectl.
///
///   without a terminal                      with one
///   connection ──input─► this ──► kubectl     connection ─ master │ client ─ this ─ own │ kubectl
///   connection ◄─output─ this ◄─ kubectl    both are pseudo-terminals, both raw: the box's own has
///   connection ◄─error── this ◄─ kubectl    the modes. kubectl's stderr is a pipe of its own.
struct SessionStreams {
  /// Makes them. Needs /dev/ptmx for a terminal.
  static common::Result<SessionStreams> make(bool terminal);

  /// Gives the connection process its ends, waits until it says go, and reads the modes and the
  /// size that it set. What is left of its ends is closed.
  common::Result<void> hand_over(const ipc::Channel& control);

  bool terminal = false;
  termios modes{};
  winsize size{};

  // The connection's ends, until hand_over().
  common::Fd connection_input;
  common::Fd connection_output;
  common::Fd connection_error;
  common::Fd master;

  // Ours. To the client: the terminal, or the pipe that is its stderr, and its stdout.
  common::Fd client;
  common::Fd client_output;
  /// Without a terminal: from the client, and on to kubectl.
  common::Fd client_input;
  common::Fd backend_input;
  /// From kubectl: the terminal's master, or the pipe that is its stderr, and its stdout.
  common::Fd backend;
  common::Fd backend_output;
  /// With a terminal: kubectl's own stderr.
  common::Fd kubectl_says;

  // kubectl's, until it runs.
  common::Fd kubectl_input;
  common::Fd kubectl_output;
  common::Fd kubectl_error;
};

}  // namespace zomg::kubectl
