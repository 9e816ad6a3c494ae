#pragma once

#include <string>

#include "common/result.h"

/// The operator's kubeconfig file; the one home of yaml-cpp besides the monitor's settings.
namespace zomg::kubernetes {

/// Something that a kubeconfig gives itself, or names a file for.
struct Material {
  std::string bytes;
  /// Absolute; empty when `bytes` are it, or there is none.
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

/// Reads the text of a kubeconfig file in `directory`, to which its relative paths are. The Error
/// names the key that is missing or wrong. What would start a program (exec, auth-provider), or
/// would be somebody else (impersonation), is refused.
common::Result<Kubeconfig> parse_kubeconfig(const std::string& text, const std::string& directory);

}  // namespace zomg::kubernetes
