#include "monitor/check/helper.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <utility>

#include "common/base/log.h"

namespace zomg::monitor::check {

using common::Result;

Result<Helper> Helper::start(const Program& program) {
  const common::Fd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null) return common::errno_error("/dev/null");
  auto ends = common::make_packet_socketpair();
  if (!ends) return ends.error();
  auto child = common::spawn(program.executable.get(), program.name.c_str(),
                             {null.get(), null.get(), log::children_output(), ends->second.get()});
  if (!child) return child.error();
  return Helper(std::move(*child), ipc::Channel(std::move(ends->first)));
}

Helper::~Helper() {
  if (!channel_) return;  // moved from
  channel_.close();
  if (!child_) return;
  child_.kill(SIGKILL);  // which does nothing to one that has ended
  (void)child_.wait().has_value();
}

Result<ipc::Packet> Helper::await(std::chrono::seconds patience) {
  pollfd entry{channel_.fd(), POLLIN, 0};
  const std::chrono::milliseconds most = patience;
  if (::poll(&entry, 1, static_cast<int>(most.count())) != 1) {
    return common::error("no answer in {} s", patience.count());
  }
  auto packet = channel_.receive();
  if (packet && !packet->closed()) return packet;
  const auto status = std::exchange(child_, {}).wait();
  if (!status) return status.error();
  if (status->signal != SIGSYS) return common::error("it ended with {}", status->describe());
  return common::error("its sandbox killed it (signal {}), for a system call", status->signal);
}

HelpersLog::HelpersLog() : file_(::memfd_create("log", MFD_CLOEXEC)) {
  if (file_) log::set_children_output(file_.get());
}

HelpersLog::~HelpersLog() {
  log::set_children_output(STDERR_FILENO);
}

std::string HelpersLog::pass_on() const {
  std::string text;
  std::array<char, 4096> buffer{};
  while (text.size() < 1024 * 1024) {
    const ssize_t got =
        ::pread(file_.get(), buffer.data(), buffer.size(), static_cast<off_t>(text.size()));
    if (got <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  log::put(text);
  return text;
}

}  // namespace zomg::monitor::check
