#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "monitor/helpers/lookup/box_name.h"

/// What a lookup reads from the Container Runtime Interface, and the interface itself.
namespace zomg::resolver {

using lookup::BoxName;

/// A pod's sandbox, as the runtime tells. Nothing in it is checked yet.
struct Sandbox {
  std::string id;
  std::string pod;
  std::string pod_uid;
  std::string kubernetes_namespace;
  /// Labels zomg.ai/project and zomg.ai/box; empty where there is none.
  BoxName labels;
  /// Annotation kubectl.kubernetes.io/default-container; empty when there is none.
  std::string default_container;
  /// Nanoseconds since the epoch.
  std::int64_t created_at = 0;
  bool ready = false;
  /// Of its RuntimeClass; empty: the runtime's default.
  std::string runtime_handler;
};

/// A container of a sandbox, as the runtime tells.
struct Container {
  std::string id;
  std::string sandbox_id;
  std::string name;
  /// Nanoseconds since the epoch.
  std::int64_t created_at = 0;
  /// How often the kubelet had made one of this name before.
  std::uint32_t attempt = 0;
  bool running = false;
};

/// The status of one container, with the runtime's own details.
struct ContainerDetails {
  std::string id;
  bool running = false;
  /// Of one that has ended: when, in nanoseconds since the epoch, and with what status.
  std::int64_t finished_at = 0;
  std::int32_t exit_code = 0;
  /// JSON, see container_info.h; empty when the runtime gave none.
  std::string info;
};

/// The three calls that a lookup makes. An Error with errno ENOENT means that what was asked for
/// is gone; any other, that the runtime could not be asked.
class Cri {
 public:
  Cri() = default;
  Cri(const Cri&) = delete;
  Cri& operator=(const Cri&) = delete;
  virtual ~Cri() = default;

  /// Sandboxes that are ready and carry the labels of `box`, as far as the runtime filters well.
  virtual common::Result<std::vector<Sandbox>> list_sandboxes(const BoxName& box) const = 0;
  /// Those that ended, too, as long as the runtime has not forgotten them.
  virtual common::Result<std::vector<Container>> list_containers(
      std::string_view sandbox_id) const = 0;
  virtual common::Result<ContainerDetails> container_details(std::string_view id) const = 0;
};

}  // namespace zomg::resolver
