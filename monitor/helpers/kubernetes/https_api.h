#pragma once

#include <string>
#include <vector>

#include "monitor/helpers/kubernetes/api.h"
#include "monitor/helpers/kubernetes/credentials.h"

/// HTTPS over libcurl; the one home of <curl/curl.h> in this program.
namespace zomg::kubernetes {

/// Initialises libcurl and OpenSSL and what they load. Once, before the sandbox and before any
/// other thread.
common::Result<void> load_curl();

/// The numeric addresses of a host, found before the sandbox: there is no DNS in it.
common::Result<std::vector<std::string>> find_addresses(const std::string& host);

/// An API server. Every request makes its own connection, so that a server that was restarted in
/// between is no special case. May be used by many threads at once.
class HttpsApi : public Api {
 public:
  HttpsApi(Credentials credentials, std::vector<std::string> addresses)
      : credentials_(std::move(credentials)), addresses_(std::move(addresses)) {}

  /// Gives up after kKubernetesCallTimeout; the answer is bound by kMaxCriAnswerBytes. Follows no
  /// redirection: the credentials are for one server.
  common::Result<Answer> get(const std::string& path) const override;
  common::Result<Answer> post(const std::string& path, const std::string& body) const override;

 private:
  /// POST where there is a body.
  common::Result<Answer> ask(const std::string& path, const std::string* body) const;

  Credentials credentials_;
  std::vector<std::string> addresses_;
};

}  // namespace zomg::kubernetes
