#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/child.h"
#include "common/messages/resolver.h"

namespace zomg::kubectl {

/// Where the files of messages::BoxLookedUp lie in the root of kubectl.
inline constexpr const char* kKubeconfigPath = "/kubeconfig";
inline constexpr const char* kHostsPath = "/etc/hosts";

/// Arguments of the kubectl that runs session.sh in the container. Nothing of the user's is in
/// them: arguments are seen by every process of this host, and by who reads the audit log of the
/// API server.
std::vector<std::string> session_arguments(const messages::BoxClaim& box, std::string_view id,
                                           bool terminal);
/// What that kubectl reads on stdin before anything else.
std::string session_input(std::string_view header);

/// By what remote_signal.sh finds a session: its id, and, where session.sh told, the pid of its leader in
/// the container with when that started.
struct SessionInBox {
  std::string id;
  std::string leader;
  std::string leader_started;
  bool terminal = false;
};

/// The same for remote_signal.sh: `what` is the name of a signal without SIG, END or DONE.
std::vector<std::string> remote_signal_arguments(const messages::BoxClaim& box,
                                                 const SessionInBox& session,
                                                 std::string_view what);
std::string remote_signal_input();

/// What becomes 0, 1 and 2.
struct Streams {
  int input;
  int output;
  int error;
  /// `input` is a terminal that becomes the controlling one.
  bool terminal = false;
};

/// Starts the kubectl that `executable` is open on, in a session of its own.
common::Result<common::Child> start_kubectl(int executable,
                                            const std::vector<std::string>& arguments,
                                            const Streams& streams);

}  // namespace zomg::kubectl
