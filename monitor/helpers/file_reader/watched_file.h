#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>

#include "common/base/result.h"
#include "common/base/secure_path.h"

namespace zomg::file_reader {

/// A file whose content may change at any time: written over, replaced by
/// rename(2), or, as in a Kubernetes volume, by turning a symlink on the way to it. So its path is
/// looked at again and again, which sees all of these.
class WatchedFile {
 public:
  /// When a change is told: at once, or when two looks in a row saw the same file, so not half written.
  enum class Patience { kNone, kUntilSettled };

  WatchedFile(std::string path, std::size_t max_bytes, Patience patience,
              common::StrictModes strict = common::StrictModes::kYes)
      : path_(std::move(path)), max_bytes_(max_bytes), patience_(patience), strict_(strict) {}

  /// What it holds now.
  common::Result<std::string> read();
  /// What it holds, or why it cannot be read, if that is something else than what read() or look()
  /// found last, and the patience is over.
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
  std::size_t max_bytes_;
  Patience patience_;
  common::StrictModes strict_;
  bool insecure_ = false;  ///< the last reading found that others could have written it
  Stamp read_;
  Stamp looked_at_;
};

}  // namespace zomg::file_reader
