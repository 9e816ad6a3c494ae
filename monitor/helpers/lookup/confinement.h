#pragma once

#include <fcntl.h>

#include <array>

#include "common/base/limits.h"
#include "common/program/row.h"

namespace zomg::lookup {

inline constexpr auto kChannelCalls =
    std::to_array<sandbox::Call>({"recvfrom", "recvmsg", "sendmsg"});
inline constexpr auto kFileCalls = std::to_array<sandbox::Call>({
    "memfd_create",
    "pwrite64",
    {"fcntl", sandbox::arg(1) == F_ADD_SEALS},
    "clock_nanosleep",  // between two tries to seal
});
/// What Service needs, beside sandbox::kThreads: one a lookup.
inline constexpr sandbox::SyscallSet kChannel{"requests and answers on the channel", kChannelCalls};
inline constexpr sandbox::SyscallSet kSealedFiles{"what goes with an answer, in a sealed memfd",
                                                  kFileCalls};

inline constexpr std::array kLimits{
    program::Limit{RLIMIT_NOFILE, limits::kResolverDescriptors},
    program::Limit{RLIMIT_DATA, limits::kResolverDataBytes},
};

}  // namespace zomg::lookup
