#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace zomg {

/// A cgroup whose number of processes is bounded, for processes of a test. It goes with the object, when
/// nobody is in it any more.
class PidsCgroup {
 public:
  /// The name, below `parent` or where such cgroups are.
  explicit PidsCgroup(const std::string& name, const std::string& parent = root())
      : path_(parent + "/" + name) {
    std::error_code failed;
    std::filesystem::create_directory(path_, failed);
  }
  PidsCgroup(const PidsCgroup&) = delete;
  PidsCgroup& operator=(const PidsCgroup&) = delete;
  ~PidsCgroup() { ::rmdir(path_.c_str()); }

  const std::string& path() const { return path_; }
  /// False where there is no such cgroup, or who asks may not.
  bool limit_to(const std::string& most) const { return write("pids.max", most); }
  /// The calling process.
  bool join() const { return write("cgroup.procs", "0"); }

 private:
  static std::string root() {
    const std::string v1 = "/sys/fs/cgroup/pids";
    return std::filesystem::exists(v1) ? v1 : "/sys/fs/cgroup";
  }
  bool write(const char* file, const std::string& text) const {
    return static_cast<bool>((std::ofstream(path_ + "/" + file) << text).flush());
  }

  std::string path_;
};

}  // namespace zomg
