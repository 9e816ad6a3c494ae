#include "sessiond/box/motd.h"

#include "common/base/limits.h"
#include "sessiond/box/box_file.h"

namespace zomg::sessiond {

std::string read_motd() {
  std::string text = read_box_file("run/motd.dynamic", limits::kMaxMotdFileBytes);
  if (!text.empty() && text.back() != '\n') text += '\n';
  return text + read_box_file("etc/motd", limits::kMaxMotdFileBytes);
}

}  // namespace zomg::sessiond
