#pragma once

#include <sys/stat.h>

#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/messages/kubernetes.h"
#include "monitor/helpers/kubernetes/server_url.h"

namespace zomg::kubernetes {

/// All that it takes to be let in by an API server, as it was when it was read.
struct Credentials {
  ServerUrl server;
  /// The name in the server's certificate; empty: the host of `server`.
  std::string tls_server_name;
  bool insecure_skip_tls_verify = false;
  /// PEM.
  std::string certificate_authority;
  std::string client_certificate;
  std::string client_key;
  std::string token;
  /// The namespace of the service account, or of the context; may be empty.
  std::string kubernetes_namespace;
  /// The files that the above came from.
  std::vector<std::string> files;
};

/// Where Kubernetes mounts a pod's own service account.
inline constexpr const char* kServiceAccountDirectory =
    "/var/run/secrets/kubernetes.io/serviceaccount";

/// Reads the kubeconfig files that `settings` name and what they refer to, or the service account in
/// `service_account`. The Error names the file or key, and never what is in it.
common::Result<Credentials> read_credentials(const messages::KubernetesSettings& settings,
                                             const std::string& service_account);

/// Tells whether any of a set of files is not the one any more that it was, or has come into being,
/// when it can be told.
class FileWatch {
 public:
  explicit FileWatch(const std::vector<std::string>& files);
  /// The directories that have to be seen for it.
  std::vector<std::string> directories() const;
  bool changed() const;

 private:
  struct Stamp {
    std::string path;
    bool known = false;
    struct stat status {};
  };
  static Stamp stamp(const std::string& path);
  std::vector<Stamp> stamps_;
};

}  // namespace zomg::kubernetes
