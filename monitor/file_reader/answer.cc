#include "monitor/file_reader/answer.h"

#include "common/messages/file.h"
#include "monitor/lookup/sealed_file.h"

namespace zomg::file_reader {
namespace {

using common::Fd;
using common::Result;

Result<void> send(const ipc::Channel& monitor, const Result<Fd>& file, bool asked) {
  messages::FileAnswer answer;
  answer.asked = asked;
  if (file) return monitor.send(answer, {file->get()});
  answer.errno_value = static_cast<std::uint32_t>(file.error().errno_value);
  answer.error = std::string_view(file.error().message).substr(0, decltype(answer.error)::kMax);
  return monitor.send(answer);
}

}  // namespace

Result<void> tell_contents(const ipc::Channel& monitor, const Result<std::string>& contents,
                           bool asked) {
  return send(monitor,
              contents ? lookup::make_sealed_file("zomg-ssh-file", *contents)
                       : Result<Fd>(contents.error()),
              asked);
}

Result<void> hand_over(const ipc::Channel& monitor, const Result<Fd>& file) {
  return send(monitor, file, true);
}

}  // namespace zomg::file_reader
