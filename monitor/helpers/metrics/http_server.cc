#include "monitor/helpers/metrics/http_server.h"

#include <microhttpd.h>
#include <sys/socket.h>

#include <array>

#include "common/base/limits.h"

namespace zomg::metrics {
namespace {

using common::Result;

MHD_Result queue(MHD_Connection* connection, const HttpServer::Reply& reply) {
  MHD_Response* response = MHD_create_response_from_buffer(
      reply.body.size(), const_cast<char*>(reply.body.data()), MHD_RESPMEM_MUST_COPY);
  if (response == nullptr) return MHD_NO;
  MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, reply.content_type);
  MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
  const MHD_Result queued = MHD_queue_response(connection, reply.status, response);
  MHD_destroy_response(response);
  return queued;
}

MHD_Result answer(void* context, MHD_Connection* connection, const char* url, const char* method,
                  const char* /*version*/, const char* /*body*/, std::size_t* body_bytes,
                  void** /*state*/) {
  const auto& server = *static_cast<HttpServer*>(context);
  const std::string_view verb = method;
  if ((verb != MHD_HTTP_METHOD_GET && verb != MHD_HTTP_METHOD_HEAD) || *body_bytes != 0) {
    return queue(connection, {MHD_HTTP_METHOD_NOT_ALLOWED, "text/plain", "only GET\n"});
  }
  const char* accept =
      MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT);
  return queue(connection, server.handler()(url, accept != nullptr ? accept : ""));
}

void notice(void* context, MHD_Connection* connection, void** /*state*/,
            MHD_ConnectionNotificationCode code) {
  static_cast<HttpServer*>(context)->on_connection(connection,
                                                   code == MHD_CONNECTION_NOTIFY_STARTED);
}

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::make(common::Fd listening, Handler handler) {
  std::unique_ptr<HttpServer> server(new HttpServer(std::move(handler)));
  void* self = server.get();
  const std::array<MHD_OptionItem, 9> options{{
      {MHD_OPTION_LISTEN_SOCKET, listening.get(), nullptr},
      {MHD_OPTION_CONNECTION_LIMIT, limits::kMaxScrapes, nullptr},
      {MHD_OPTION_PER_IP_CONNECTION_LIMIT, limits::kMaxScrapesPerAddress, nullptr},
      {MHD_OPTION_CONNECTION_TIMEOUT, limits::kMaxScrapeSilence.count(), nullptr},
      {MHD_OPTION_CONNECTION_MEMORY_LIMIT, limits::kMaxScrapeRequestBytes, nullptr},
      {MHD_OPTION_CONNECTION_MEMORY_INCREMENT, limits::kScrapeReadBytes, nullptr},
      {MHD_OPTION_STRICT_FOR_CLIENT, 1, nullptr},
      {MHD_OPTION_NOTIFY_CONNECTION, reinterpret_cast<std::intptr_t>(&notice), self},
      {MHD_OPTION_END, 0, nullptr},
  }};
  server->daemon_ = MHD_start_daemon(MHD_USE_EPOLL, 0, nullptr, nullptr, &answer, self,
                                     MHD_OPTION_ARRAY, options.data(), MHD_OPTION_END);
  if (server->daemon_ == nullptr) return common::errno_error("libmicrohttpd did not start");
  (void)listening.release();
  const MHD_DaemonInfo* info = MHD_get_daemon_info(server->daemon_, MHD_DAEMON_INFO_EPOLL_FD);
  if (info == nullptr) return common::error("libmicrohttpd has no epoll descriptor");
  server->fd_ = info->epoll_fd;
  return server;
}

HttpServer::~HttpServer() {
  if (daemon_ == nullptr) return;
  // Without this, to stop would shut the listening socket down for all who have it.
  const common::Fd listening(MHD_quiesce_daemon(daemon_));
  MHD_stop_daemon(daemon_);
}

void HttpServer::on_connection(MHD_Connection* connection, bool opened) {
  if (opened) {
    opened_.emplace(connection, Clock::now());
  } else {
    opened_.erase(connection);
  }
}

void HttpServer::run() {
  MHD_run(daemon_);
  const auto latest = Clock::now() - limits::kMaxScrapeTime;
  for (const auto& [connection, since] : opened_) {
    if (since > latest) continue;
    const auto* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    // libmicrohttpd sees the end as if the client had closed it.
    if (info != nullptr) ::shutdown(info->connect_fd, SHUT_RDWR);
  }
}

}  // namespace zomg::metrics
