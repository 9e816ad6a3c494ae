#include "monitor/helpers/kubernetes/kubeconfig.h"

#include <array>
#include <optional>

#include "common/base/quoted.h"
#include "monitor/helpers/kubernetes/kubeconfig_yaml.h"

namespace zomg::kubernetes {
namespace {

using common::Result;
using yaml::text;

/// What we do not do, with what to use instead.
struct Refused {
  const char* key;
  const char* advice;
};
constexpr const char* kOnlyItself = "the gateway acts as itself only";
constexpr const char* kNoPasswords = "API servers know no passwords any more; give it a token";
constexpr std::array kRefusedOfUser{
    Refused{"exec",
            "the gateway starts no credential plugin; have a timer of yours run it and keep its "
            "token in a tokenFile, or take a ServiceAccount's token (docs/other-nodes.md)"},
    Refused{"auth-provider", "give it a token, a tokenFile or a client certificate"},
    Refused{"username", kNoPasswords},
    Refused{"password", kNoPasswords},
    Refused{"as", kOnlyItself},
    Refused{"as-uid", kOnlyItself},
    Refused{"as-groups", kOnlyItself},
    Refused{"as-user-extra", kOnlyItself},
};
constexpr std::array kRefusedOfCluster{
    Refused{"proxy-url", "the gateway asks the API server directly"},
};

template <std::size_t N>
Result<void> refuse(const YAML::Node& map, const std::array<Refused, N>& refused) {
  for (const Refused& what : refused) {
    if (yaml::given(map, what.key)) {
      return common::error("{} is not supported: {}", what.key, what.advice);
    }
  }
  return {};
}

struct File {
  const KubeconfigFile* of;
  YAML::Node document;
};

/// An entry of a file: a context, a cluster or a user.
struct Entry {
  const KubeconfigFile* of = nullptr;
  YAML::Node map;

  std::string absolute(const std::string& path) const {
    return path.empty() || path[0] == '/' ? path
                                          : of->path.substr(0, of->path.rfind('/') + 1) + path;
  }
};

/// Its functions, too, throw a YAML::Exception where something is not of the wanted kind.
class Reader {
 public:
  Result<Kubeconfig> read(const std::vector<KubeconfigFile>& files);
  /// The file that it is at, for whatever is wrong; none where that is in none.
  const KubeconfigFile* at() const { return at_; }

 private:
  Result<void> load(const KubeconfigFile& file);
  std::string current_context();
  Result<Entry> find_entry(const char* list, const char* member, const std::string& name);
  Result<void> read_cluster(const Entry& cluster);
  Result<void> read_user(const Entry& user);

  std::vector<File> files_;
  Kubeconfig config_;
  const KubeconfigFile* at_ = nullptr;
};

Result<void> Reader::load(const KubeconfigFile& file) {
  at_ = &file;
  YAML::Node document = YAML::Load(file.text);
  // An empty one says nothing.
  if (!document.IsMap() && !document.IsNull()) return common::error("it is not a kubeconfig");
  files_.push_back({&file, std::move(document)});
  return {};
}

std::string Reader::current_context() {
  for (const File& file : files_) {
    at_ = file.of;
    std::string name = text(file.document, "current-context");
    if (!name.empty()) return name;
  }
  return {};
}

/// The entry called `name` of the list `list`, and in it the map `member`.
Result<Entry> Reader::find_entry(const char* list, const char* member, const std::string& name) {
  for (const File& file : files_) {
    at_ = file.of;
    const auto entries = yaml::value(file.document, list);
    if (!entries || !entries->IsSequence()) continue;
    std::optional<Entry> found;
    for (const YAML::Node& entry : *entries) {
      if (text(entry, "name") != name) continue;
      if (found) return common::error("{} has two named {}", list, common::quoted(name));
      found = Entry{file.of, yaml::value(entry, member).value_or(YAML::Node())};
    }
    if (found) return *found;
  }
  at_ = nullptr;
  return common::error("{} has no {} named {}", list, member, common::quoted(name));
}

/// `key`-data in base64 wins over the file that `key` names.
Material material(const Entry& entry, const std::string& key) {
  std::string data = yaml::base64(entry.map, key + "-data");
  if (!data.empty()) return {std::move(data), {}};
  return {{}, entry.absolute(text(entry.map, key))};
}

Result<void> Reader::read_cluster(const Entry& cluster) {
  at_ = cluster.of;
  if (auto checked = refuse(cluster.map, kRefusedOfCluster); !checked) return checked;
  config_.server = text(cluster.map, "server");
  if (config_.server.empty()) return common::error("it has no server");
  config_.tls_server_name = text(cluster.map, "tls-server-name");
  config_.insecure_skip_tls_verify = yaml::flag(cluster.map, "insecure-skip-tls-verify");
  config_.certificate_authority = material(cluster, "certificate-authority");
  return {};
}

Result<void> Reader::read_user(const Entry& user) {
  at_ = user.of;
  if (auto checked = refuse(user.map, kRefusedOfUser); !checked) return checked;
  config_.client_certificate = material(user, "client-certificate");
  config_.client_key = material(user, "client-key");
  config_.token = {text(user.map, "token"), user.absolute(text(user.map, "tokenFile"))};
  return {};
}

Result<Kubeconfig> Reader::read(const std::vector<KubeconfigFile>& files) {
  for (const KubeconfigFile& file : files) {
    if (auto loaded = load(file); !loaded) return loaded.error();
  }
  const std::string name = current_context();
  if (name.empty()) return common::error("current-context is not set");
  const auto context = find_entry("contexts", "context", name);
  if (!context) return context.error();
  config_.kubernetes_namespace = text(context->map, "namespace");
  const auto cluster = find_entry("clusters", "cluster", text(context->map, "cluster"));
  if (!cluster) return cluster.error();
  if (auto done = read_cluster(*cluster); !done) return done.error().with_context("cluster");
  at_ = context->of;
  const auto user = find_entry("users", "user", text(context->map, "user"));
  if (!user) return user.error();
  if (auto done = read_user(*user); !done) return done.error().with_context("user");
  return std::move(config_);
}

}  // namespace

Result<Kubeconfig> parse_kubeconfig(const std::vector<KubeconfigFile>& files) {
  Reader reader;
  const auto read = [&]() -> Result<Kubeconfig> {
    try {
      return reader.read(files);
    } catch (const YAML::Exception& exception) {
      return common::error("line {}: {}", exception.mark.line + 1, common::quoted(exception.msg));
    }
  };
  auto config = read();
  if (config || reader.at() == nullptr) return config;
  return config.error().with_context(common::quoted(reader.at()->path));
}

}  // namespace zomg::kubernetes
