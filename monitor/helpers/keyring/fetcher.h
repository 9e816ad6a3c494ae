#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/base/result.h"
#include "monitor/helpers/keyring/answer.h"

namespace zomg::keyring {

/// Loads what libcurl needs of the file system. To be called before the sandbox.
common::Result<void> load_curl();

/// GET requests to one HTTPS server, several at once, on one thread. No redirect is followed, no
/// proxy asked, no cookie kept; a body and a header over their bounds end the request.
class Fetcher {
 public:
  /// The answer to the request `id`.
  struct Done {
    std::size_t id;
    Answer answer;
    /// The name was not resolved, or the certificate not trusted: a process that starts later may
    /// see other files.
    bool may_be_outdated = false;
  };

  /// `ca_bundle`: the certificates to trust, in PEM.
  explicit Fetcher(std::string ca_bundle);
  ~Fetcher();
  Fetcher(const Fetcher&) = delete;
  Fetcher& operator=(const Fetcher&) = delete;

  /// Starts a request, with If-None-Match when `etag` is not empty.
  void start(std::size_t id, const std::string& url, const std::string& etag);
  std::size_t running() const { return requests_.size(); }

  /// Goes on with all requests for at most `timeout`, or until `wake_fd` is readable, and gives
  /// those that are done.
  std::vector<Done> wait(int wake_fd, std::chrono::milliseconds timeout);

 private:
  struct Request;

  Done finish(void* easy, int code);

  std::string ca_bundle_;
  std::unique_ptr<void, void (*)(void*)> multi_;
  std::unordered_map<void*, std::unique_ptr<Request>> requests_;
};

}  // namespace zomg::keyring
