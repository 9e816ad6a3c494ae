#include "monitor/helpers/kubernetes/kubectl_files.h"

#include <nlohmann/json.hpp>

#include "common/ssh/base64.h"

namespace zomg::kubernetes {
namespace {

using nlohmann::json;

void set_member(json& object, const char* key, const std::string& value) {
  if (!value.empty()) object[key] = value;
}

json cluster_of(const Credentials& credentials) {
  json cluster = {{"server", credentials.server.text()}};
  set_member(cluster, "certificate-authority-data",
             common::encode_base64(credentials.certificate_authority));
  set_member(cluster, "tls-server-name", credentials.tls_server_name);
  if (credentials.insecure_skip_tls_verify) {
    cluster["insecure-skip-tls-verify"] = true;
    // kubectl takes the two together for a mistake.
    cluster.erase("certificate-authority-data");
  }
  return cluster;
}

json user_of(const Credentials& credentials) {
  json user = json::object();
  set_member(user, "client-certificate-data",
             common::encode_base64(credentials.client_certificate));
  set_member(user, "client-key-data", common::encode_base64(credentials.client_key));
  set_member(user, "token", credentials.token);
  return user;
}

}  // namespace

std::string kubectl_files(const Credentials& credentials,
                          const std::vector<std::string>& addresses) {
  std::string files;
  for (const std::string& address : addresses) {
    files += fmt::format("{} {}\n", address, credentials.server.host);
  }
  files += '\0';
  // JSON is YAML.
  const json config = {
      {"apiVersion", "v1"},
      {"kind", "Config"},
      {"clusters", {{{"name", "gateway"}, {"cluster", cluster_of(credentials)}}}},
      {"users", {{{"name", "gateway"}, {"user", user_of(credentials)}}}},
      {"contexts",
       {{{"name", "gateway"}, {"context", {{"cluster", "gateway"}, {"user", "gateway"}}}}}},
      {"current-context", "gateway"},
  };
  return files + config.dump();
}

}  // namespace zomg::kubernetes
