#pragma once

#include <span>
#include <string>

#include "common/base/fd.h"
#include "common/base/result.h"

namespace zomg::resolver {

/// A memfd with the entries of `environment` that are `NAME=value` (a name that is not empty, no
/// NUL), each followed by NUL; the rest is dropped. Nobody can change it any more (F_SEAL_WRITE,
/// _SHRINK, _GROW, _SEAL), so it can be read by many processes, with pread(2), since the copies of
/// a descriptor share one file position. An Error beyond kMaxContainerEnvironmentBytes.
common::Result<common::Fd> make_environment(std::span<const std::string> environment);

}  // namespace zomg::resolver
