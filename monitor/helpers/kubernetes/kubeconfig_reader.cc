#include "monitor/helpers/kubernetes/kubeconfig_reader.h"

#include <unistd.h>

#include <array>

#include "common/base/child.h"
#include "common/base/io/bytes.h"
#include "common/base/limits.h"
#include "common/base/log.h"
#include "common/ipc/message.h"
#include "monitor/helpers/kubernetes/kubeconfig_sandbox.h"

namespace zomg::kubernetes {
namespace {

using common::Result;

enum class ReaderMessage : std::uint32_t { kKubeconfig };

/// A Material, with its bounds.
struct BoundMaterial {
  ipc::Bytes<limits::kMaxKubeconfigBytes> bytes;
  ipc::Bytes<limits::kMaxPathBytes> file;
  static auto fields(auto& self) { return std::tie(self.bytes, self.file); }
};

/// A Kubeconfig, with its bounds: one byte string through a pipe, as it is larger than a packet.
struct BoundKubeconfig {
  static constexpr auto kType = ReaderMessage::kKubeconfig;
  ipc::Bytes<limits::kMaxUrlBytes> server;
  ipc::Bytes<limits::kMaxNameBytes> tls_server_name;
  bool insecure_skip_tls_verify = false;
  BoundMaterial certificate_authority;
  BoundMaterial client_certificate;
  BoundMaterial client_key;
  BoundMaterial token;
  ipc::Bytes<limits::kMaxNameBytes> kubernetes_namespace;
  static auto fields(auto& self) {
    return std::tie(self.server, self.tls_server_name, self.insecure_skip_tls_verify,
                    self.certificate_authority, self.client_certificate, self.client_key,
                    self.token, self.kubernetes_namespace);
  }
};
constexpr std::array kMaterials{&Kubeconfig::certificate_authority, &Kubeconfig::client_certificate,
                                &Kubeconfig::client_key, &Kubeconfig::token};
constexpr std::array kBoundMaterials{&BoundKubeconfig::certificate_authority,
                                     &BoundKubeconfig::client_certificate,
                                     &BoundKubeconfig::client_key, &BoundKubeconfig::token};
/// Four files' worth of text in base64 would not be in one file, so this is far from it.
constexpr std::size_t kMaxAnswerBytes = 4 * limits::kMaxKubeconfigBytes;

Result<std::string> parse_and_encode(const std::vector<KubeconfigFile>& files) {
  auto config = parse_kubeconfig(files);
  if (!config) return config.error();
  BoundKubeconfig bound;
  bound.server = std::string_view(config->server);
  bound.tls_server_name = std::string_view(config->tls_server_name);
  bound.insecure_skip_tls_verify = config->insecure_skip_tls_verify;
  bound.kubernetes_namespace = std::string_view(config->kubernetes_namespace);
  for (std::size_t i = 0; i < kMaterials.size(); ++i) {
    const Material& material = (*config).*kMaterials.at(i);
    bound.*
        kBoundMaterials.at(i) = {std::string_view(material.bytes), std::string_view(material.file)};
  }
  return ipc::encode(bound);
}

[[noreturn]] void run_reader(const std::vector<KubeconfigFile>& files,
                             const sandbox::Account& account, int pipe) {
  if (!common::close_all_but({pipe}) || !enter_kubeconfig_sandbox(account)) ::_exit(2);
  const auto answer = parse_and_encode(files);
  if (!answer) {
    log::error("{}", answer.error().message);
    ::_exit(1);
  }
  ::_exit(common::write_all(pipe, *answer) ? 0 : 2);
}

}  // namespace

Result<Kubeconfig> parse_kubeconfig_apart(const std::vector<KubeconfigFile>& files,
                                          const sandbox::Account& account) {
  auto pipe = common::make_pipe();
  if (!pipe) return pipe.error();
  auto child = common::fork_child();
  if (!child) return child.error();
  if (!*child) run_reader(files, account, pipe->second.get());
  pipe->second.reset();
  const auto answer = common::read_all(pipe->first.get(), kMaxAnswerBytes);
  // One that writes more than we read ends by that.
  pipe->first.reset();
  const auto status = child->wait();
  if (!answer) return answer.error();
  if (!status || status->signal != 0 || status->exit_code != 0) {
    return common::error("it could not be read");
  }
  auto bound = ipc::decode<BoundKubeconfig>(*answer);
  if (!bound) return bound.error();
  Kubeconfig config;
  config.server = std::move(bound->server.value);
  config.tls_server_name = std::move(bound->tls_server_name.value);
  config.insecure_skip_tls_verify = bound->insecure_skip_tls_verify;
  config.kubernetes_namespace = std::move(bound->kubernetes_namespace.value);
  for (std::size_t i = 0; i < kMaterials.size(); ++i) {
    BoundMaterial& material = (*bound).*kBoundMaterials.at(i);
    config.*kMaterials.at(i) = {std::move(material.bytes.value), std::move(material.file.value)};
  }
  return config;
}

}  // namespace zomg::kubernetes
