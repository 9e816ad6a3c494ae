#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "common/base/child.h"
#include "common/base/result.h"

namespace zomg::program {

/// What of a descriptor is looked at.
enum class Kind : std::uint8_t {
  kAny,
  kNull,  ///< /dev/null
  kSocket,
  kPipe,
};

/// A descriptor that a program starts with.
struct Descriptor {
  int number;
  Kind kind;
  const char* what;
};

/// Those of a program that the monitor talks to.
inline constexpr std::array kHelperDescriptors{
    Descriptor{0, Kind::kNull, "/dev/null"}, Descriptor{1, Kind::kNull, "/dev/null"},
    Descriptor{2, Kind::kAny, "the log"},
    Descriptor{common::kChannelFd, Kind::kSocket, "the channel to the monitor"}};

/// That this process has `expected` open, as they should be, and nothing else: whoever started it has
/// left a door open otherwise. The Error names the first that is missing, wrong or too much.
common::Result<void> check_descriptors(std::span<const Descriptor> expected);

}  // namespace zomg::program
