#include "monitor/connections/banner.h"

#include "common/base/limits.h"
#include "monitor/files/file.h"

namespace zomg::monitor {

common::Result<std::string> read_banner(const std::string& path, StrictModes strict) {
  if (path.empty()) return std::string();
  auto text = read_file(path, limits::kMaxBannerBytes, strict);
  if (!text) return text.error().with_context("ZOMG_SSH_BANNER_FILE");
  return shown_banner(*text);
}

std::string shown_banner(std::string_view text) {
  return std::string(text.substr(0, text.find('\0')));
}

}  // namespace zomg::monitor
