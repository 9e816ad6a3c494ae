#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sessiond/box_process.h"

namespace zomg::sessiond {

/// What makes the next exec take on a label of a Linux security module: a file below /proc/PID/attr
/// and what is written there.
struct ExecLabel {
  std::string file;
  std::string text;

  bool operator==(const ExecLabel&) const = default;
};

/// The label for an exec from that of a process, as `apparmor/current` of proc(5) /proc/PID/attr
/// gives it: `name (mode)` or `unconfined`, for which there is none.
std::optional<ExecLabel> apparmor_exec_label(std::string_view current, const std::string& file);

/// The same for SELinux's `user:role:type:level`.
std::optional<ExecLabel> selinux_exec_label(std::string_view current);

/// Those of the container's process. None where the kernel enforces neither, or the container is
/// not confined by it.
common::Result<std::vector<ExecLabel>> read_labels(const BoxProcess& box);

/// Makes the next exec of the calling process take them on.
common::Result<void> take_on_labels(const std::vector<ExecLabel>& labels);

}  // namespace zomg::sessiond
