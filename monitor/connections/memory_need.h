#pragma once

#include <cstdint>

#include "monitor/settings/capacity.h"
#include "monitor/settings/settings.h"

namespace zomg::monitor {

/// The most memory, in MiB, that all processes of a gateway with these settings, and of that capacity,
/// take together: what a pod's limit has to be, which ends all of them when it is passed. What runs in
/// boxes counts there. kubectl is not in it: how many there may be at a time, by some 50 MiB each, is not bounded
/// apart from other sessions.
std::uint64_t greatest_memory_mebibytes(const Settings& settings, const Capacity& capacity);

}  // namespace zomg::monitor
