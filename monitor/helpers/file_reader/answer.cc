#include "monitor/helpers/file_reader/answer.h"

#include <algorithm>

#include "common/ipc/shelf.h"
#include "common/messages/file.h"

namespace zomg::file_reader {

using common::Fd;
using common::Result;

namespace {

Result<void> tell_error(const ipc::Channel& monitor, const common::Error& error, bool asked) {
  messages::FileAnswer answer;
  answer.asked = asked;
  answer.errno_value = static_cast<std::uint32_t>(error.errno_value);
  answer.error = std::string_view(error.message).substr(0, decltype(answer.error)::kMax);
  return monitor.send(answer);
}

}  // namespace

Result<void> tell_contents(const ipc::Channel& monitor, const Result<std::string>& contents,
                           bool asked) {
  if (!contents) return tell_error(monitor, contents.error(), asked);
  messages::FileAnswer answer;
  answer.asked = asked;
  answer.bytes = contents->size();
  auto sent = monitor.send(answer);
  for (std::string_view rest = *contents; sent && !rest.empty();) {
    const std::size_t size = std::min(rest.size(), messages::kFilePartBytes);
    sent = monitor.send(messages::FilePart{rest.substr(0, size)});
    rest.remove_prefix(size);
  }
  return sent;
}

Result<void> hand_over(const ipc::Channel& monitor, Fd filler, const Result<Fd>& file) {
  if (!file) return tell_error(monitor, file.error(), true);
  if (auto put = ipc::fill_shelf(std::move(filler), {file->get()}); !put) {
    return tell_error(monitor, put.error(), true);
  }
  messages::FileAnswer answer;
  answer.asked = true;
  return monitor.send(answer);
}

}  // namespace zomg::file_reader
