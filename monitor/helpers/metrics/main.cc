// zomg-ssh-metrics: serves /healthz, /readyz and /metrics over HTTP.
//
// Started by: the monitor, as root, where ZOMG_SSH_METRICS_LISTEN is set; again when it has ended.
// Runs as:    the account in MetricsSettings, no capabilities, an empty read-only root, an empty
//             network namespace, seccomp allow-list (sandbox.cc).
// Descriptors: 0 and 1 /dev/null, 2 the log, 3 the channel to the monitor; the listening sockets
//             that came over it, and what connects to them.
// Trusts:     the monitor. Nothing of what is asked: anybody who reaches the port may ask, and gets
//             figures, no names of boxes, clients or keys.
// Dies:       with 0 when the monitor closes the channel, and to be started anew as another user, when others
//             have used up what the kernel lets it watch; with 1 when it breaks the contract or the
//             sandbox cannot be had.
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <vector>

#include "common/base/uninterrupted.h"
#include "common/messages/health.h"
#include "common/program/run.h"
#include "common/sandbox/counted_apart.h"
#include "monitor/helpers/metrics/http_server.h"
#include "monitor/helpers/metrics/sandbox.h"
#include "monitor/helpers/metrics/statistics.h"

namespace {

using namespace zomg;
using metrics::HttpServer;
using metrics::Statistics;

constexpr const char* kOpenMetricsType =
    "application/openmetrics-text; version=1.0.0; charset=utf-8";
constexpr const char* kPrometheusType = "text/plain; version=0.0.4; charset=utf-8";

HttpServer::Reply reply(const metrics::Health::Answer& answer) {
  HttpServer::Reply reply;
  reply.status = answer.good ? 200 : 503;
  reply.body = answer.text;
  return reply;
}

HttpServer::Reply reply_to(const Statistics& statistics, std::string_view path,
                           std::string_view accept) {
  const auto now = metrics::Health::Clock::now();
  if (path == "/healthz") return reply(statistics.health().alive(now));
  if (path == "/readyz") return reply(statistics.health().ready(now));
  if (path != "/metrics") return {404, "text/plain", "/healthz, /readyz and /metrics are here\n"};
  const bool open = accept.find("application/openmetrics-text") != std::string_view::npos;
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  const auto now_us = std::chrono::duration_cast<std::chrono::microseconds>(since_1970).count();
  return {200, open ? kOpenMetricsType : kPrometheusType,
          statistics.text(open ? metrics::Format::kOpenMetrics : metrics::Format::kPrometheus, now,
                          static_cast<std::uint64_t>(now_us))};
}

/// Whether a connection that comes now could be watched: where a box has found out the user that we are
/// counted by, it can use up all epoll watches of that, and libmicrohttpd would serve nobody.
bool has_room_to_watch(int epoll, int fd) {
  epoll_event event{};
  if (::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) return false;
  ::epoll_ctl(epoll, EPOLL_CTL_DEL, fd, &event);
  return true;
}

struct Work {
  ipc::Channel monitor;
  /// Where the servers find it.
  std::unique_ptr<Statistics> statistics;
  std::vector<std::unique_ptr<HttpServer>> servers;
  /// To try whether there is room to watch.
  common::Fd trial;
  uid_t user;
};

common::Result<Work> prepare(ipc::Channel monitor, program::Place& place) {
  // Before there is an epoll descriptor: its watches are counted by who made it.
  sandbox::count_apart();
  const auto settings = monitor.receive_message<messages::MetricsSettings>();
  if (!settings) return settings.error().with_context("settings");
  place.account = {settings->uid, settings->gid};
  Work work{std::move(monitor), std::make_unique<Statistics>(ZOMG_VERSION), {}, {}, ::getuid()};
  for (std::uint32_t i = 0; i < settings->socket_count; ++i) {
    std::vector<common::Fd> fds;
    const auto socket = work.monitor.receive_message<messages::ListenForScrapes>(&fds);
    if (!socket) return socket.error();
    auto server = HttpServer::make(
        std::move(fds[0]),
        [statistics = work.statistics.get()](std::string_view path, std::string_view accept) {
          return reply_to(*statistics, path, accept);
        });
    if (!server) return server.error();
    work.servers.push_back(std::move(*server));
  }
  work.trial = common::Fd(::epoll_create1(EPOLL_CLOEXEC));
  if (!work.trial) return common::errno_error("epoll_create1");
  return work;
}

common::Result<void> serve(Work& work) {
  std::vector<pollfd> events{{work.monitor.fd(), POLLIN, 0}};
  for (const auto& server : work.servers) events.push_back({server->fd(), POLLIN, 0});
  // Time passes for slow clients, too.
  constexpr int kTickMs = 1000;
  while (true) {
    if (common::poll_events(events, kTickMs) < 0) return common::errno_error("poll");
    if (!has_room_to_watch(work.trial.get(), work.monitor.fd())) {
      log::warning("others have used up what may be watched by our user {}", work.user);
      return {};
    }
    for (const auto& server : work.servers) server->run();
    if (events[0].revents == 0) continue;
    const auto packet = work.monitor.receive();
    if (!packet) return packet.error();
    if (packet->closed()) return {};
    if (auto handled = work.statistics->handle(*packet, metrics::Health::Clock::now()); !handled) {
      return handled;
    }
  }
}

}  // namespace

int main() {
  return program::run(metrics::kRow, prepare, serve);
}
