#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "common/base/result.h"

namespace zomg::kubernetes {

/// An answer of the API server, whatever its status.
struct Answer {
  int status = 0;
  std::string body;
  /// Retry-After, in seconds.
  std::optional<std::chrono::seconds> retry_after;
};

/// The requests that are made of an API server.
class Api {
 public:
  Api() = default;
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;
  virtual ~Api() = default;

  /// GET of `path` (from the server's own path on, with the query). An Error when there was no
  /// whole answer; with EMSGSIZE for one over its bound.
  virtual common::Result<Answer> get(const std::string& path) const = 0;
  /// The same for POST of a JSON `body`.
  virtual common::Result<Answer> post(const std::string& path, const std::string& body) const = 0;
};

}  // namespace zomg::kubernetes
