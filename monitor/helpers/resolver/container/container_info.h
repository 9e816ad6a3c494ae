#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/messages/resolver.h"
#include "monitor/helpers/resolver/container/plain_runtime.h"

/// The JSON that a runtime adds to a verbose ContainerStatus; the home of nlohmann-json here.
namespace zomg::resolver {

/// What a session needs of it.
struct ContainerInfo {
  /// Of the container's first process, greater than 0.
  std::int32_t pid = 0;
  /// `NAME=value` as the runtime started that process with them.
  std::vector<std::string> environment;
  /// The umask that the runtime gives that process, and every one that it runs beside it.
  std::uint32_t umask = 022;
  /// The seccomp profile as JSON text; empty where there is none.
  std::string seccomp;
  messages::ContainerRecord record;
  /// But for the handler, which is the pod's.
  RuntimeFacts runtime;
};

/// Reads `pid`, `runtimeType`, the binary among `runtimeOptions`, and of `runtimeSpec` `process.env`, `linux.seccomp` and what container_record.h has
/// (containerd pkg/cri/server/container_status.go, CRI-O server/container_status.go; OCI
/// runtime-spec config.md "Process"). An Error where `text` is no JSON, has no usable pid, an
/// environment that is no list of strings, or one of the others that is not what the specification
/// says.
common::Result<ContainerInfo> parse_container_info(std::string_view text);

}  // namespace zomg::resolver
