#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace zomg::resolver {

/// How a gRPC call ended: collects what matters from the header and trailer lines of the answer,
/// in either order of gRPC (headers, body, trailers; or trailers only).
class GrpcStatus {
 public:
  /// Takes one line as it came, with its line end. False once the lines are over
  /// kMaxGrpcHeaderBytes: the call is to be given up.
  bool add_line(std::string_view line);

  /// Success for status 0. Otherwise an Error with the status's name and the server's message,
  /// and ENOENT as its errno for NOT_FOUND.
  common::Result<void> outcome() const;

 private:
  std::size_t line_bytes_ = 0;
  std::string http_status_;
  std::string content_type_;
  std::optional<std::string> status_;
  std::string message_;
};

/// A grpc-message as text: %XX decoded, what is no valid escape left as it is.
std::string percent_decoded(std::string_view text);

}  // namespace zomg::resolver
