#pragma once

#include <string>
#include <vector>

#include "common/base/result.h"

/// The operator's kubeconfig file; the one home of yaml-cpp besides the monitor's settings.
namespace zomg::kubernetes {

/// Something that a kubeconfig gives itself, or names a file for.
struct Material {
  std::string bytes;
  /// Absolute, or empty. Of a token only, `bytes` stand in for a file that cannot be read; all else
  /// has one of both at most.
  std::string file;
};

/// What the current context says, by the names of kubectl's own documentation.
struct Kubeconfig {
  std::string server;
  std::string tls_server_name;
  bool insecure_skip_tls_verify = false;
  Material certificate_authority;
  Material client_certificate;
  Material client_key;
  Material token;
  /// The context's; may be empty.
  std::string kubernetes_namespace;
};

/// A file of KUBECONFIG that was read.
struct KubeconfigFile {
  std::string path;  ///< absolute; relative paths in it are to its directory
  std::string text;
};

/// Reads the current context of `files` as kubectl does: the first of them that sets it, and the
/// first that has a context, a cluster or a user of that name. The Error names the file, and the line
/// or the key that is missing or wrong. What would start a program (exec, auth-provider), or would
/// be somebody else (impersonation), is refused.
common::Result<Kubeconfig> parse_kubeconfig(const std::vector<KubeconfigFile>& files);

}  // namespace zomg::kubernetes
