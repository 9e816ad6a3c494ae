#include "monitor/helpers/recorder/recording.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "common/base/io/bytes.h"

namespace zomg::recorder {

using common::errno_error;
using common::Result;

Result<void> Recording::start(const winsize& size) {
  size_ = size;
  return begin_part();
}

Result<void> Recording::begin_part() {
  ++part_;
  const std::string name =
      part_ == 1 ? options_.name + ".cast" : fmt::format("{}.{}.cast", options_.name, part_);
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC;
  file_ = common::Fd(::openat(directory_.get(), name.c_str(), kFlags, 0600));
  if (!file_) return errno_error("{}", name);
  in_part_ = 0;
  began_ = std::chrono::steady_clock::now();
  using std::chrono::system_clock;
  const auto time = system_clock::to_time_t(system_clock::now());
  return write_all(Asciicast::header(size_, static_cast<std::uint64_t>(time), options_.title));
}

Moment Recording::now() const {
  return std::chrono::duration_cast<Moment>(std::chrono::steady_clock::now() - began_);
}

Result<void> Recording::output(std::string_view bytes) {
  return append(cast_.output(now(), bytes));
}

Result<void> Recording::resize(const winsize& size) {
  size_ = size;
  return append(Asciicast::resize(now(), size));
}

Result<void> Recording::finish() {
  if (!file_) return {};
  auto written = append(cast_.rest(now()));
  file_.reset();
  return written;
}

Result<void> Recording::append(std::string_view line) {
  if (line.empty()) return {};
  if (in_part_ + line.size() > options_.part_bytes) {
    if (auto begun = begin_part(); !begun) return begun;
  }
  return write_all(line);
}

Result<void> Recording::write_all(std::string_view bytes) {
  if (in_all_ + bytes.size() > options_.max_bytes) {
    return common::error("the recording is as long as ZOMG_SSH_RECORD_MAX_MIB lets it be");
  }
  in_part_ += bytes.size();
  in_all_ += bytes.size();
  auto written = common::write_all(file_.get(), bytes);
  if (!written) return written.error().with_context(options_.name);
  return {};
}

}  // namespace zomg::recorder
