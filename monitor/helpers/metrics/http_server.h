#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/fd.h"
#include "common/base/result.h"

struct MHD_Daemon;
struct MHD_Connection;

namespace zomg::metrics {

/// HTTP on one listening socket, by libmicrohttpd, which has its home here. On one thread, driven
/// by whoever polls fd(). Each connection serves one request and ends; how many there are, how much
/// they send and how long they take is bounded (limits.h).
class HttpServer {
 public:
  using Clock = std::chrono::steady_clock;
  struct Reply {
    unsigned status = 200;
    const char* content_type = "text/plain; charset=utf-8";
    std::string body;
  };
  /// Answers GET and HEAD.
  using Handler = std::function<Reply(std::string_view path, std::string_view accept)>;

  /// Serves on `listening`, which does not block.
  static common::Result<std::unique_ptr<HttpServer>> make(common::Fd listening, Handler handler);

  /// Ends its connections. The listening socket goes on: the next process of this kind has it too.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Readable when run() has something to do.
  int fd() const { return fd_; }
  /// Serves what is there, and ends connections whose time is up.
  void run();

  const Handler& handler() const { return handler_; }
  void on_connection(MHD_Connection* connection, bool opened);

 private:
  explicit HttpServer(Handler handler) : handler_(std::move(handler)) {}

  Handler handler_;
  MHD_Daemon* daemon_ = nullptr;
  int fd_ = -1;
  std::map<MHD_Connection*, Clock::time_point> opened_;
};

}  // namespace zomg::metrics
