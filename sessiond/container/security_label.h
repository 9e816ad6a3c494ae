#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sessiond/container/box_process.h"

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

/// The labels of a process. None where the kernel enforces neither, or the process is not confined.
struct SecurityLabels {
  std::optional<ExecLabel> apparmor;
  std::optional<ExecLabel> selinux;
};

/// Those of the container's process.
common::Result<SecurityLabels> read_labels(const BoxProcess& box);

/// Whether they are those that the runtime recorded; it may have recorded none. SELinux's is asked
/// of the kernel where it is written in another way.
common::Result<void> check_labels(const std::string& apparmor_profile,
                                  const std::string& selinux_label, const SecurityLabels& labels);

/// Makes the next exec of the calling process take them on.
common::Result<void> take_on_labels(const SecurityLabels& labels);

}  // namespace zomg::sessiond
