#include "monitor/helpers/file_reader/watcher.h"

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>

#include "common/base/limits.h"
#include "common/base/uninterrupted.h"
#include "common/sandbox/counted_apart.h"
#include "monitor/helpers/file_reader/answer.h"

namespace zomg::file_reader {
namespace {

using common::Result;

/// How often the monitor hears that the file was looked at.
constexpr std::chrono::seconds kSignOfLife{5};
/// After the monitor was told of a change: whoever writes the file all the time does not have it do
/// nothing but look at that.
constexpr std::chrono::milliseconds kPause{100};

void drain(int changes) {
  std::array<char, 4096> events{};
  while (::read(changes, events.data(), events.size()) > 0) {
  }
}

}  // namespace

Watcher::Watcher(const messages::FileOrder& order, const ipc::Channel& monitor, common::Fd changes)
    : file_(order.path.value, order.max_bytes,
            order.at_once ? WatchedFile::Patience::kNone : WatchedFile::Patience::kUntilSettled,
            common::StrictModes{order.strict_modes}),
      monitor_(monitor),
      directory_(order.path.value.substr(0, order.path.value.rfind('/') + 1)),
      changes_(std::move(changes)) {}

Result<void> Watcher::run() {
  if (auto told = tell_contents(monitor_, file_.read(), false); !told) return told;
  while (true) {
    watch_directory();
    std::array<pollfd, 2> fds{{{monitor_.fd(), POLLIN, 0}, {changes_.get(), POLLIN, 0}}};
    const auto interval = static_cast<int>(limits::kKeyFilePoll.count());
    if (common::poll_events(fds, interval) < 0) return common::errno_error("poll");
    if (fds[0].revents != 0) {
      const auto packet = monitor_.receive();
      if (!packet) return packet.error();
      if (packet->closed()) return {};
      if (auto order = ipc::decode<messages::ReadFileNow>(*packet); !order) {
        return order.error();
      }
      if (auto told = tell_contents(monitor_, file_.read(), true); !told) return told;
    }
    if (fds[1].revents != 0) drain(changes_.get());
    if (auto looked = look(); !looked) return looked;
  }
}

Result<void> Watcher::look() {
  if (const auto contents = file_.look()) {
    if (auto told = tell_contents(monitor_, *contents, false); !told) return told;
    ::poll(nullptr, 0, static_cast<int>(kPause.count()));
  }
  const auto now = std::chrono::steady_clock::now();
  if (now - told_ < kSignOfLife) return {};
  told_ = now;
  return monitor_.send(messages::FileLooked{});
}

void Watcher::watch_directory() {
  if (!changes_) return;
  // Again each time: it may be another directory by now. Without it the file is seen half a second
  // later.
  (void)::inotify_add_watch(
      changes_.get(), directory_.c_str(),
      IN_CLOSE_WRITE | IN_MODIFY | IN_MOVE | IN_CREATE | IN_DELETE | IN_ATTRIB | IN_ONLYDIR);
}

common::Fd open_changes(const messages::FileOrder& order) {
  common::Fd changes;
  // One that is read only when it has settled need not be known of sooner.
  if (!order.at_once) return changes;
  (void)sandbox::as_own_user([&changes] {
    changes.reset(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    return static_cast<bool>(changes);
  }).has_value();
  return changes;
}

}  // namespace zomg::file_reader
