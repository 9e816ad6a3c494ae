#pragma once

#include <nlohmann/json_fwd.hpp>

#include "common/base/result.h"
#include "common/messages/resolver.h"

namespace zomg::resolver {

/// Makes the record from the `process` and the `linux` of an OCI runtimeSpec (OCI runtime-spec
/// config.md "Process", config-linux.md). What is not there, or null, is what a runtime takes it
/// for: no capability, no limit, no profile, root. An Error for a member of a shape that the
/// specification does not know, and for more than a record has room for: what is not understood
/// must not become a wider bound.
common::Result<messages::ContainerRecord> make_container_record(const nlohmann::json& process,
                                                                const nlohmann::json& linux_part);

/// The umask of `process.user`; 022 where there is none.
common::Result<std::uint32_t> read_umask(const nlohmann::json& process);

}  // namespace zomg::resolver
