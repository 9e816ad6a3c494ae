#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace zomg::resolver {

/// The path of the runtime's socket, and what was there when the process gave up its privileges:
/// the group and the directory are what it takes into the sandbox and cannot change later.
class CriSocket {
 public:
  /// Looks at `path` (absolute; empty: there is no runtime).
  explicit CriSocket(std::string path);

  const std::string& path() const { return path_; }
  /// The directory to see in the sandbox: the socket's own file is another one after every restart
  /// of the runtime. Empty without a path.
  std::vector<std::string> directories() const;
  /// The group that may connect; empty when there was no socket.
  std::vector<gid_t> groups() const;

  /// Whether only a new process can reach the runtime: the directory is gone or another one, or
  /// the socket has another group. A runtime that is merely down makes no difference.
  bool outdated() const;

 private:
  std::string path_;
  std::optional<gid_t> group_;
};

}  // namespace zomg::resolver
