#pragma once

#include <cstdint>

#include "common/base/result.h"
#include "common/sandbox/seccomp/system_call.h"

namespace zomg::sandbox {

/// The name of `call` on an architecture (a token of libseccomp's, SCMP_ARCH_…): its own, or where only
/// newer ones have been made for that, such as arm64, that of the call which the C library makes in its
/// place. Null where there is neither, so nobody can call it. An error where no architecture has such a
/// call, or where the newer one has other arguments than the conditions are about.
common::Result<const char*> call_form(const Call& call, std::uint32_t architecture);

}  // namespace zomg::sandbox
