#include "monitor/file_watch.h"

#include "common/log.h"
#include "common/quoted.h"

namespace zomg::monitor {
namespace {

using common::Result;

/// A reader that looks at its file says so every five seconds.
constexpr std::chrono::seconds kPatience{15};

}  // namespace

FileWatch::FileWatch(EventLoop& loop, const Program& program, int null_fd,
                     messages::FileOrder order, std::string setting, Silence silence,
                     OnContents on_contents)
    : loop_(loop),
      order_(std::move(order)),
      setting_(std::move(setting)),
      silence_(silence),
      on_contents_(std::move(on_contents)),
      reader_(order_),
      helper_(
          loop, program, null_fd,
          {[this](const ipc::Channel& channel) {
             reader_ = FileAnswerReader(order_);
             return channel.send(order_);
           },
           [this](const ipc::Channel&, const ipc::Packet& packet) { return on_packet(packet); }}) {}

Result<void> FileWatch::start() {
  heard_ = EventLoop::Clock::now();
  if (auto started = helper_.start(); !started) return started;
  look_at_reader();
  return {};
}

void FileWatch::read_now() {
  // One that does not run tells it when it starts; one that does not take it has it to do already.
  if (helper_.running()) (void)helper_.channel().send(messages::ReadFileNow{}).has_value();
}

Result<void> FileWatch::on_packet(const ipc::Packet& packet) {
  heard();
  if (ipc::decode<messages::FileLooked>(packet.bytes)) return {};
  const auto whole = reader_.take(packet);
  if (!whole) return whole.error();
  if (!*whole) return {};
  auto answer = reader_.answer();
  on_contents_(answer ? std::move(answer->contents) : Result<std::string>(answer.error()));
  return {};
}

void FileWatch::heard() {
  heard_ = EventLoop::Clock::now();
  if (!std::exchange(silent_, false)) return;
  log::info("{}: {} answers again", setting_, common::quoted(order_.path));
  if (silence_ == Silence::kIsAnError) read_now();
}

void FileWatch::look_at_reader() {
  if (!silent_ && EventLoop::Clock::now() - heard_ > kPatience) {
    silent_ = true;
    const bool stays = silence_ == Silence::kStays;
    log::error("{}: {} {}: the disk that it is on does not answer", setting_,
               common::quoted(order_.path), stays ? "stays as it was" : "cannot be read");
    if (!stays) on_contents_(common::error("{} does not answer", common::quoted(order_.path)));
  }
  timer_ = loop_.after(kPatience / 3, [this] { look_at_reader(); });
}

}  // namespace zomg::monitor
