#pragma once

#include <string_view>

#include "common/base/fd.h"
#include "common/base/result.h"

namespace zomg::lookup {

/// A memfd with these bytes that nobody can change any more (F_SEAL_WRITE, _SHRINK, _GROW, _SEAL).
/// The copies of a descriptor share one file position, so it is to be read with pread(2).
common::Result<common::Fd> make_sealed_file(const char* name, std::string_view bytes);

}  // namespace zomg::lookup
