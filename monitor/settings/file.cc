#include "monitor/settings/file.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <array>

#include "common/base/child.h"
#include "common/base/io/deadline.h"
#include "common/base/log.h"
#include "monitor/base/programs.h"
#include "monitor/files/file.h"
#include "monitor/settings/values.h"

namespace zomg::monitor {
namespace {

using common::errno_error;
using common::Fd;
using common::Result;
using Clock = std::chrono::steady_clock;

/// Waits until `fd` is readable. False when the time is over.
bool wait_readable(int fd, Clock::time_point deadline) {
  const int left = common::milliseconds_until(deadline);
  pollfd entry{fd, POLLIN, 0};
  return left > 0 && ::poll(&entry, 1, left) == 1;
}

Result<std::string> read_answer(int fd) {
  const auto deadline = Clock::now() + limits::kSettingsReaderTimeout;
  std::string answer;
  std::array<char, 64UL * 1024> buffer{};
  while (wait_readable(fd, deadline)) {
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got < 0) return errno_error("read from the settings reader");
    if (got == 0) return answer;
    answer.append(buffer.data(), static_cast<std::size_t>(got));
    if (answer.size() > kMaxSettingsAnswerBytes) return common::error("an answer without an end");
  }
  return common::error("no answer in {} s", limits::kSettingsReaderTimeout.count());
}

Result<std::string> run_reader(int file) {
  auto program = open_settings_reader();
  if (!program) return program.error();
  const Fd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null) return errno_error("/dev/null");
  auto pipe = common::make_pipe();
  if (!pipe) return pipe.error();
  auto reader = common::spawn(program->executable.get(), program->name.c_str(),
                              {file, null.get(), log::children_output(), pipe->second.get()});
  if (!reader) return reader.error();
  pipe->second.reset();
  auto answer = read_answer(pipe->first.get());
  reader->kill(SIGKILL);  // which does nothing to one that has ended
  (void)reader->wait().has_value();
  return answer;
}

}  // namespace

common::StrictModes settings_file_strictness() {
  const auto text = process_environment("ZOMG_SSH_STRICT_MODES");
  const auto strict = values::parse_yes_no(text.value_or("yes"));
  return common::StrictModes{!strict || *strict};
}

Result<messages::SettingsFile> read_settings_file(const std::string& path) {
  auto file = open_file(path, settings_file_strictness());
  if (!file) return file.error().with_context("ZOMG_SSH_CONFIG");
  auto answer = run_reader(file->get());
  if (!answer) {
    return answer.error().with_context("zomg-ssh-settings-reader").with_context(path);
  }
  return decode_settings(*answer, path);
}

Result<messages::SettingsFile> decode_settings(const std::string& answer, const std::string& path) {
  if (answer.empty()) return common::error("{}: zomg-ssh-settings-reader could not read it", path);
  auto settings = ipc::decode<messages::SettingsFile>(answer);
  if (!settings) return settings.error().with_context("zomg-ssh-settings-reader");
  return settings;
}

}  // namespace zomg::monitor
