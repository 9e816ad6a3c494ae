#pragma once

#include <libssh/server.h>

#include <memory>
#include <string_view>

#include "common/base/result.h"

namespace zomg::connection::ssh {

using BindHandle = std::unique_ptr<ssh_bind_struct, void (*)(ssh_bind)>;

/// libssh's server settings: our algorithms, the stand-in host key with this public half, no
/// configuration file.
common::Result<BindHandle> make_bind(std::string_view host_public_key);

}  // namespace zomg::connection::ssh
