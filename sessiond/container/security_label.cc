#include "sessiond/container/security_label.h"

#include <fcntl.h>
#include <unistd.h>

namespace zomg::sessiond {
namespace {

using common::errno_error;
using common::Fd;
using common::Result;

constexpr std::string_view kUnconfined = "unconfined";
/// Before a profile's name, in AppArmor's file.
const std::string kExecPrefix = "exec ";

std::string_view without_end(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\0')) text.remove_suffix(1);
  return text;
}

bool has_apparmor_mode(std::string_view text) {
  return text.ends_with(')') && text.rfind(" (") != std::string_view::npos;
}

/// The text of a file below attr. Nothing where no module answers for it: ENOENT of a kernel that
/// lacks it, EINVAL of one that has it turned off.
Result<std::optional<std::string>> read_attribute(const BoxProcess& box, const char* name) {
  auto text = box.read(name);
  if (text) return std::optional<std::string>(without_end(*text));
  const int value = text.error().errno_value;
  if (value == ENOENT || value == EINVAL || value == EOPNOTSUPP)
    return std::optional<std::string>();
  return text.error();
}

Result<void> write_label(const ExecLabel& label) {
  const std::string path = "/proc/thread-self/attr/" + label.file;
  const Fd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file) return errno_error("{}", path);
  if (::write(file.get(), label.text.data(), label.text.size()) !=
      static_cast<ssize_t>(label.text.size())) {
    return errno_error("{}: {}", path, label.text);
  }
  return {};
}

}  // namespace

std::optional<ExecLabel> apparmor_exec_label(std::string_view current, const std::string& file) {
  current = without_end(current);
  if (has_apparmor_mode(current)) current = current.substr(0, current.rfind(" ("));
  if (current.empty() || current == kUnconfined) return std::nullopt;
  return ExecLabel{file, std::string(kExecPrefix).append(current)};
}

std::optional<ExecLabel> selinux_exec_label(std::string_view current) {
  current = without_end(current);
  if (current.find(':') == std::string_view::npos) return std::nullopt;
  return ExecLabel{"exec", std::string(current)};
}

Result<SecurityLabels> read_labels(const BoxProcess& box) {
  const auto apparmor = read_attribute(box, "attr/apparmor/current");
  if (!apparmor) return apparmor.error();
  const auto shown = read_attribute(box, "attr/current");
  if (!shown) return shown.error();
  SecurityLabels labels;
  if (*apparmor) labels.apparmor = apparmor_exec_label(**apparmor, "apparmor/exec");
  // The file of whichever module is the first: AppArmor's again, that of a kernel before 5.8, which
  // has no file of its own for it, or SELinux's.
  if (!*shown || *shown == *apparmor) return labels;
  if (has_apparmor_mode(**shown)) {
    labels.apparmor = apparmor_exec_label(**shown, "exec");
  } else {
    labels.selinux = selinux_exec_label(**shown);
  }
  return labels;
}

Result<void> check_labels(const std::string& apparmor_profile, const std::string& selinux_label,
                          const SecurityLabels& labels) {
  if (!apparmor_profile.empty() && apparmor_profile != kUnconfined &&
      (!labels.apparmor || labels.apparmor->text != kExecPrefix + apparmor_profile)) {
    return common::error("the box's first process has not the recorded AppArmor profile");
  }
  if (selinux_label.empty() || (labels.selinux && labels.selinux->text == selinux_label)) return {};
  if (labels.selinux) {
    // The kernel writes the categories of a level in their order.
    if (auto written = write_label({labels.selinux->file, selinux_label}); !written) return written;
    const Fd self(::open("/proc/thread-self", O_PATH | O_DIRECTORY | O_CLOEXEC));
    const auto canonical = read_proc_file(self.get(), "attr/exec");
    if (canonical && without_end(*canonical) == labels.selinux->text) return {};
  }
  return common::error("the box's first process has not the recorded SELinux label");
}

Result<void> take_on_labels(const SecurityLabels& labels) {
  for (const auto& label : {labels.apparmor, labels.selinux}) {
    if (!label) continue;
    if (auto written = write_label(*label); !written) return written;
  }
  return {};
}

}  // namespace zomg::sessiond
