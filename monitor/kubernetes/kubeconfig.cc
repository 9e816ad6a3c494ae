#include "monitor/kubernetes/kubeconfig.h"

#include <array>

#include <yaml-cpp/yaml.h>

#include "common/base64.h"
#include "common/quoted.h"

namespace zomg::kubernetes {
namespace {

using common::Result;

/// What we do not do, with what to use instead.
struct Refused {
  const char* key;
  const char* advice;
};
constexpr std::array kRefusedOfUser{
    Refused{"exec",
            "a gateway starts no credential plugin; give it a token, a tokenFile or a "
            "client certificate"},
    Refused{"auth-provider", "give it a token, a tokenFile or a client certificate"},
    Refused{"username", "API servers know no passwords any more; give it a token"},
    Refused{"as", "the gateway acts as itself only"},
    Refused{"as-user-extra", "the gateway acts as itself only"},
    Refused{"as-groups", "the gateway acts as itself only"},
};
constexpr std::array kRefusedOfCluster{
    Refused{"proxy-url", "the gateway asks the API server directly"},
};

std::string text_of(const YAML::Node& map, const char* key) {
  const YAML::Node value = map[key];
  return value && value.IsScalar() ? value.as<std::string>() : std::string();
}

/// The entry called `name` of the list `list`, and in it the map `member`.
Result<YAML::Node> find_entry(const YAML::Node& document, const char* list, const char* member,
                              const std::string& name) {
  for (const YAML::Node& entry : document[list]) {
    if (!entry.IsMap() || text_of(entry, "name") != name) continue;
    const YAML::Node found = entry[member];
    if (found && found.IsMap()) return found;
  }
  return common::error("{} has no {} named {}", list, member, common::quoted(name));
}

template <std::size_t N>
Result<void> refuse(const YAML::Node& map, const std::array<Refused, N>& refused) {
  for (const Refused& what : refused) {
    if (map[what.key]) return common::error("{} is not supported: {}", what.key, what.advice);
  }
  return {};
}

std::string absolute(const std::string& path, const std::string& directory) {
  return path.empty() || path[0] == '/' ? path : directory + "/" + path;
}

/// `key`-data in base64 wins over the file that `key` names, as with kubectl.
Result<Material> material(const YAML::Node& map, const std::string& key,
                          const std::string& directory) {
  const std::string data = text_of(map, (key + "-data").c_str());
  if (data.empty()) return Material{{}, absolute(text_of(map, key.c_str()), directory)};
  auto bytes = common::decode_base64(data);
  if (!bytes) return common::error("{}-data is not base64", key);
  return Material{std::move(*bytes), {}};
}

Result<void> read_cluster(const YAML::Node& cluster, const std::string& directory,
                          Kubeconfig& config) {
  if (auto checked = refuse(cluster, kRefusedOfCluster); !checked) return checked;
  config.server = text_of(cluster, "server");
  config.tls_server_name = text_of(cluster, "tls-server-name");
  config.insecure_skip_tls_verify = text_of(cluster, "insecure-skip-tls-verify") == "true";
  auto authority = material(cluster, "certificate-authority", directory);
  if (!authority) return authority.error();
  config.certificate_authority = std::move(*authority);
  return {};
}

Result<void> read_user(const YAML::Node& user, const std::string& directory, Kubeconfig& config) {
  if (auto checked = refuse(user, kRefusedOfUser); !checked) return checked;
  auto certificate = material(user, "client-certificate", directory);
  if (!certificate) return certificate.error();
  config.client_certificate = std::move(*certificate);
  auto key = material(user, "client-key", directory);
  if (!key) return key.error();
  config.client_key = std::move(*key);
  // A file that somebody keeps fresh wins over a token that grows old, as with kubectl.
  config.token.file = absolute(text_of(user, "tokenFile"), directory);
  if (config.token.file.empty()) config.token.bytes = text_of(user, "token");
  return {};
}

Result<Kubeconfig> read(const YAML::Node& document, const std::string& directory) {
  if (!document.IsMap()) return common::error("not a kubeconfig");
  const std::string name = text_of(document, "current-context");
  if (name.empty()) return common::error("current-context is not set");
  auto context = find_entry(document, "contexts", "context", name);
  if (!context) return context.error();
  auto cluster = find_entry(document, "clusters", "cluster", text_of(*context, "cluster"));
  if (!cluster) return cluster.error();
  auto user = find_entry(document, "users", "user", text_of(*context, "user"));
  if (!user) return user.error();
  Kubeconfig config;
  config.kubernetes_namespace = text_of(*context, "namespace");
  if (auto done = read_cluster(*cluster, directory, config); !done) {
    return done.error().with_context("cluster");
  }
  if (auto done = read_user(*user, directory, config); !done) {
    return done.error().with_context("user");
  }
  return config;
}

}  // namespace

Result<Kubeconfig> parse_kubeconfig(const std::string& text, const std::string& directory) {
  try {
    return read(YAML::Load(text), directory);
  } catch (const YAML::Exception& exception) {
    return common::error("line {}: {}", exception.mark.line + 1, common::quoted(exception.msg));
  }
}

}  // namespace zomg::kubernetes
