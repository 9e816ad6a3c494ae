#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"

/// Unary gRPC calls over libcurl; the one home of <curl/curl.h>.
namespace zomg::resolver {

/// Initialises libcurl and what it loads. Once, before the sandbox and before any other thread.
common::Result<void> load_curl();

/// A gRPC server behind a UNIX socket. Holds no connection: every call makes its own, so that a
/// server that was restarted in between is no special case. May be used by many threads at once.
class GrpcServer {
 public:
  explicit GrpcServer(std::string socket_path) : socket_path_(std::move(socket_path)) {}

  const std::string& socket_path() const { return socket_path_; }

  /// Calls `method` (`package.Service/Method`) and returns the answer's message, of at most
  /// kMaxCriAnswerBytes. Gives up after kCriCallTimeout. An Error has errno ENOENT when the server
  /// answered NOT_FOUND, and never otherwise.
  common::Result<std::string> call(std::string_view method, std::string_view request) const;

 private:
  std::string socket_path_;
};

}  // namespace zomg::resolver
