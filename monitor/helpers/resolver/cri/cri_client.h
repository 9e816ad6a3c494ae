#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "monitor/helpers/resolver/cri/cri.h"
#include "monitor/helpers/resolver/cri/grpc_call.h"

namespace zomg::resolver {

/// A container runtime (containerd, CRI-O) behind its CRI v1 socket. May be used by many threads
/// at once.
class CriClient : public Cri {
 public:
  explicit CriClient(std::string socket_path) : server_(std::move(socket_path)) {}

  common::Result<std::vector<Sandbox>> list_sandboxes(const BoxName& box) const override;
  common::Result<std::vector<Container>> list_containers(
      std::string_view sandbox_id) const override;
  common::Result<ContainerDetails> container_details(std::string_view id) const override;

 private:
  GrpcServer server_;
};

}  // namespace zomg::resolver
