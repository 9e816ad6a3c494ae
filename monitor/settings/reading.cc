#include "monitor/settings/reading.h"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>

#include "common/base/io/bytes.h"
#include "common/base/limits.h"
#include "common/base/log.h"
#include "monitor/settings/file.h"

namespace zomg::monitor {

using common::Fd;
using common::Result;

namespace {

/// A file of these bytes, at its start.
Result<Fd> in_memory(const std::string& bytes) {
  Fd file(::memfd_create("settings", MFD_CLOEXEC));
  if (!file) return common::errno_error("memfd_create");
  if (auto put = common::write_all_at_start(file.get(), bytes); !put) return put.error();
  return file;
}

}  // namespace

SettingsReading::~SettingsReading() {
  loop_.cancel(deadline_);
  if (pipe_) loop_.forget(pipe_.get());
  if (child_) loop_.forget(child_.pidfd());
}

void SettingsReading::start(const std::string& path, OnRead on_read) {
  path_ = path;
  on_read_ = std::move(on_read);
  // One that was killed may not be gone yet.
  again_ = under_way_ || child_;
  if (!again_) read();
}

void SettingsReading::read() {
  under_way_ = true;
  messages::FileOrder order;
  order.path = std::string_view(path_);
  order.max_bytes = limits::kMaxSettingsFileBytes;
  order.strict_modes = settings_file_strictness() == common::StrictModes::kYes;
  files_.run(order, [this](const Result<FileAnswer>& told) {
    if (!told) return finish(told.error().with_context("ZOMG_SSH_CONFIG"));
    const auto file = in_memory(told->contents);
    auto parsing = file ? parse(*file) : Result<void>(file.error());
    if (!parsing) finish(parsing.error());
  });
}

Result<void> SettingsReading::parse(const Fd& file) {
  auto pipe = common::make_pipe();
  if (!pipe) return pipe.error();
  if (auto set = common::set_nonblocking(pipe->first.get(), true); !set) return set;
  auto child = common::spawn(reader_.executable.get(), reader_.name.c_str(),
                             {file.get(), null_fd_, log::children_output(), pipe->second.get()});
  if (!child) return child.error().with_context(reader_.name);
  child_ = std::move(*child);
  pipe_ = std::move(pipe->first);
  answer_.clear();
  loop_.watch(child_.pidfd(), [this] { on_end(); });
  loop_.watch(pipe_.get(), [this] { on_bytes(); });
  deadline_ = loop_.after(limits::kSettingsReaderTimeout, [this] {
    finish(common::error("{}: no answer in {} s", reader_.name,
                         limits::kSettingsReaderTimeout.count()));
  });
  return {};
}

void SettingsReading::on_bytes() {
  std::array<char, 64UL * 1024> buffer{};
  const ssize_t got = ::read(pipe_.get(), buffer.data(), buffer.size());
  if (got < 0) return;  // EAGAIN
  if (got == 0) return finish(decode_settings(answer_, path_));
  answer_.append(buffer.data(), static_cast<std::size_t>(got));
  if (answer_.size() > kMaxSettingsAnswerBytes) {
    finish(common::error("{}: an answer without an end", reader_.name));
  }
}

void SettingsReading::on_end() {
  loop_.forget(child_.pidfd());
  (void)child_.wait().has_value();
  child_ = {};
  if (!under_way_ && std::exchange(again_, false)) read();
}

void SettingsReading::finish(Result<messages::SettingsFile> settings) {
  loop_.cancel(deadline_);
  if (pipe_) loop_.forget(pipe_.get());
  pipe_.reset();
  if (child_) child_.kill(SIGKILL);
  under_way_ = false;
  if (again_) {
    if (!child_) {
      again_ = false;
      read();
    }
    return;  // what was read is old
  }
  on_read_(std::move(settings));
}

}  // namespace zomg::monitor
