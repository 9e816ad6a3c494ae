#include "listener/acceptor.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "common/base/io/deadline.h"
#include "common/base/limits.h"
#include "common/base/log.h"
#include "common/base/uninterrupted.h"
#include "common/ssh/refusal.h"
#include "listener/endpoint.h"

namespace zomg::listener {
namespace {

using common::Fd;
using common::Result;
using Clock = std::chrono::steady_clock;

/// How long no connection is accepted when descriptors or memory have run out; the connections wait
/// in the sockets' backlogs meanwhile.
constexpr std::chrono::milliseconds kBackOff{100};
/// How often is looked for processes whose connections have ended. Who is seen twice is killed: they
/// have had at least so long, which is enough to tell a client why.
constexpr std::chrono::seconds kLookEvery{5};
/// Accepted from one socket before the others have their turn.
constexpr int kAcceptBurst = 16;

void set_option(int socket, int level, int option) {
  const int on = 1;
  ::setsockopt(socket, level, option, &on, sizeof(on));
}

bool is_exhaustion(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

}  // namespace

Acceptor::Acceptor(ipc::Channel monitor, Settings settings, Children children)
    : monitor_(std::move(monitor)),
      settings_(std::move(settings)),
      children_(std::move(children)) {}

Result<void> Acceptor::run() {
  std::vector<pollfd> fds;
  while (true) {
    fds.clear();
    fds.push_back({monitor_.fd(), POLLIN, 0});
    fds.push_back({children_.fd(), POLLIN, 0});
    const bool accepting = !exhausted_;
    if (accepting) {
      for (const Fd& socket : settings_.sockets) fds.push_back({socket.get(), POLLIN, 0});
    }
    exhausted_ = false;
    const int timeout = accepting ? timeout_ms() : static_cast<int>(kBackOff.count());
    if (common::poll_events(fds, timeout) < 0) return common::errno_error("poll");
    // Between our questions the monitor says nothing: this is its end.
    if (fds[0].revents != 0) return {};
    if (fds[1].revents != 0) report_crashes();
    end_forgotten();
    for (std::size_t i = 2; i < fds.size(); ++i) {
      if (fds[i].revents == 0) continue;
      for (int n = 0; n < kAcceptBurst && accept_one(fds[i].fd); ++n) {
      }
      if (monitor_gone_ || crowded_) return {};
    }
    if (monitor_gone_) return {};
  }
}

int Acceptor::timeout_ms() const {
  if (children_.count() == 0) return -1;
  return common::milliseconds_until(next_look_);
}

void Acceptor::end_forgotten() {
  if (children_.count() == 0 || Clock::now() < next_look_) return;
  const std::vector<std::uint64_t> connections = children_.connections();
  std::unordered_set<std::uint64_t> forgotten;
  std::span<const std::uint64_t> rest(connections);
  while (!rest.empty()) {
    const auto some = rest.first(std::min(rest.size(), messages::ConnectionNumbers::kMax));
    if (!ask_forgotten(some, forgotten)) return;
    rest = rest.subspan(some.size());
  }
  children_.end(forgotten);
  next_look_ = Clock::now() + kLookEvery;
}

bool Acceptor::ask_forgotten(std::span<const std::uint64_t> connections,
                             std::unordered_set<std::uint64_t>& forgotten) {
  messages::AskForgotten question;
  question.connections.value.assign(connections.begin(), connections.end());
  auto sent = monitor_.send(question);
  auto reply = sent ? monitor_.receive_message<messages::Forgotten>()
                    : Result<messages::Forgotten>(sent.error());
  monitor_gone_ = !reply;
  if (reply) forgotten.insert(reply->connections.value.begin(), reply->connections.value.end());
  return reply.has_value();
}

void Acceptor::report_crashes() {
  for (const std::uint64_t connection : children_.reap()) {
    if (!monitor_.send(messages::ConnectionCrashed{connection})) monitor_gone_ = true;
  }
}

bool Acceptor::accept_one(int listening_socket) {
  Fd client(::accept4(listening_socket, nullptr, nullptr, SOCK_CLOEXEC));
  if (!client) {
    if (is_exhaustion(errno)) {
      exhausted_ = true;
      log::warning("accept: {}", common::errno_error("out of resources").message);
    }
    // Everything else is a connection that was given up before we came to it.
    return false;
  }
  if (auto admitted = admit(std::move(client)); !admitted) {
    log::warning("a connection was dropped: {}", admitted.error().message);
  }
  return !exhausted_ && !monitor_gone_;
}

Result<void> Acceptor::admit(Fd client) {
  auto peer = peer_endpoint(client.get());
  if (!peer) return {};  // reset before we came to it
  auto local = local_endpoint(client.get());
  if (!local) return {};
  set_option(client.get(), IPPROTO_TCP, TCP_NODELAY);
  set_option(client.get(), SOL_SOCKET, SO_KEEPALIVE);

  std::vector<Fd> fds;
  auto sent = monitor_.send(messages::AdmitConnection{std::move(*peer), std::move(*local)});
  auto reply = sent ? monitor_.receive_message<messages::ConnectionAdmitted>(&fds)
                    : Result<messages::ConnectionAdmitted>(sent.error());
  if (!reply) {
    monitor_gone_ = true;
    return reply.error().with_context("the monitor's answer");
  }
  if (!reply->admitted) {
    common::refuse_client(client.get());
    return {};
  }
  return start_connection(client, fds[0], reply->number);
}

Result<void> Acceptor::start_connection(const Fd& client, const Fd& channel, std::uint64_t number) {
#ifdef ZOMG_SANITIZED
  const int error_output = STDERR_FILENO;
#else
  const int error_output = STDOUT_FILENO;
#endif
  auto child = common::spawn(settings_.connection_program.get(), "zomg-ssh-connection",
                             {client.get(), STDOUT_FILENO, error_output, channel.get()});
  if (!child) {
    exhausted_ = true;
    const bool refused = child.error().errno_value == EAGAIN;
    const bool by_count = refused && common::fork_is_refused_by_count();
    // Not by our connections: others have used up what processes our user may have. The next listener is
    // of another. Where something else refuses them, it would have none either, and not know ours.
    crowded_ = by_count && children_.count() < limits::kMaxConnections &&
               Clock::now() - started_ > limits::kLeastTimeToBeFoundOut;
    return child.error().with_context(
        refused && !by_count
            ? "starting a connection process, where the cgroup has as many processes "
              "as it may have (pids.max)"
            : "starting a connection process");
  }
  children_.add(std::move(*child), number);
  return {};
}

}  // namespace zomg::listener
