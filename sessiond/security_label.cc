#include "sessiond/security_label.h"

#include <fcntl.h>
#include <unistd.h>

namespace zomg::sessiond {
namespace {

using common::errno_error;
using common::Fd;
using common::Result;

constexpr std::string_view kUnconfined = "unconfined";

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
  return ExecLabel{file, fmt::format("exec {}", current)};
}

std::optional<ExecLabel> selinux_exec_label(std::string_view current) {
  current = without_end(current);
  if (current.find(':') == std::string_view::npos) return std::nullopt;
  return ExecLabel{"exec", std::string(current)};
}

Result<std::vector<ExecLabel>> read_labels(const BoxProcess& box) {
  const auto apparmor = read_attribute(box, "attr/apparmor/current");
  if (!apparmor) return apparmor.error();
  const auto shown = read_attribute(box, "attr/current");
  if (!shown) return shown.error();
  std::vector<ExecLabel> labels;
  const auto add = [&labels](std::optional<ExecLabel> label) {
    if (label) labels.push_back(std::move(*label));
  };
  if (*apparmor) add(apparmor_exec_label(**apparmor, "apparmor/exec"));
  // The file of whichever module is the first: AppArmor's again, that of a kernel before 5.8, which
  // has no file of its own for it, or SELinux's.
  if (*shown && *shown != *apparmor) {
    add(has_apparmor_mode(**shown) ? apparmor_exec_label(**shown, "exec")
                                   : selinux_exec_label(**shown));
  }
  return labels;
}

Result<void> take_on_labels(const std::vector<ExecLabel>& labels) {
  for (const ExecLabel& label : labels) {
    if (auto written = write_label(label); !written) return written;
  }
  return {};
}

}  // namespace zomg::sessiond
