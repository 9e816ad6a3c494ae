#pragma once

#include <optional>
#include <string>
#include <string_view>

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

/// Makes the next exec of the calling process take on the AppArmor profile and the SELinux context
/// of the container's process (proc(5) /proc/PID/attr/exec). Where the kernel enforces neither, or
/// the container is not confined by it, nothing is done.
common::Result<void> take_on_label(const BoxProcess& box);

}  // namespace zomg::sessiond
