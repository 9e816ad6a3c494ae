#include "monitor/helpers/file_reader/watched_file.h"

#include <cerrno>
#include <tuple>

#include "monitor/files/file.h"

namespace zomg::file_reader {

using common::Result;

bool WatchedFile::Stamp::operator==(const Stamp& other) const {
  const auto members = [](const Stamp& stamp) {
    return std::make_tuple(stamp.errno_value, stamp.device, stamp.inode, stamp.size,
                           stamp.modified.tv_sec, stamp.modified.tv_nsec, stamp.changed.tv_sec,
                           stamp.changed.tv_nsec);
  };
  return members(*this) == members(other);
}

WatchedFile::Stamp WatchedFile::stamp() const {
  struct stat status {};
  if (::stat(path_.c_str(), &status) != 0) return {.errno_value = errno};
  return {0, status.st_dev, status.st_ino, status.st_size, status.st_mtim, status.st_ctim};
}

Result<std::string> WatchedFile::read() {
  // Before the reading: a change in the middle of it is seen by the next look.
  read_ = looked_at_ = stamp();
  auto text = monitor::read_file(path_, max_bytes_, strict_);
  insecure_ = !text && text.error().errno_value == common::kInsecure;
  return text;
}

std::optional<Result<std::string>> WatchedFile::look() {
  const Stamp now = stamp();
  const bool still = patience_ == Patience::kNone || now == looked_at_;
  looked_at_ = now;
  if (!still || (now == read_ && !insecure_)) return std::nullopt;
  // A directory above it that is mended is no change of the file.
  const bool same = now == read_;
  auto text = read();
  if (same && insecure_) return std::nullopt;
  return text;
}

}  // namespace zomg::file_reader
