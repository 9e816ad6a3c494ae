#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>

#include "common/result.h"

namespace zomg::monitor {

/// A file of authorized_keys content that may change at any time: written over, replaced by
/// rename(2), or, as in a Kubernetes volume, by turning a symlink on the way to it. So its path is
/// looked at again and again, which sees all of these.
class KeyFile {
 public:
  explicit KeyFile(std::string path) : path_(std::move(path)) {}

  const std::string& path() const { return path_; }

  /// What it holds now.
  common::Result<std::string> read();
  /// What it holds, or why it cannot be read, if that is something else than what read() or look()
  /// found last; and not before two looks in a row saw the same file.
  std::optional<common::Result<std::string>> look();

 private:
  /// What tells one content from another without reading it.
  struct Stamp {
    int errno_value = 0;  ///< of stat(2), when it failed
    dev_t device = 0;
    ino_t inode = 0;
    off_t size = 0;
    timespec modified{};
    timespec changed{};

    bool operator==(const Stamp& other) const;
  };
  Stamp stamp() const;

  std::string path_;
  Stamp read_;
  Stamp looked_at_;
};

}  // namespace zomg::monitor
