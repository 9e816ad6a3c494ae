#include "monitor/boxes/cri_socket_path.h"

#include <sys/stat.h>

#include <array>

namespace zomg::monitor {
namespace {

/// Where containerd, k3s and CRI-O have their CRI sockets.
constexpr std::array<const char*, 3> kUsualCriSockets{
    "/run/containerd/containerd.sock",
    "/run/k3s/containerd/containerd.sock",
    "/run/crio/crio.sock",
};

}  // namespace

std::string find_cri_socket(const Settings& settings) {
  if (!settings.cri_socket.empty()) return settings.cri_socket;
  for (const char* path : kUsualCriSockets) {
    struct stat status {};
    if (::stat(path, &status) == 0 && S_ISSOCK(status.st_mode)) return path;
  }
  return {};
}

}  // namespace zomg::monitor
