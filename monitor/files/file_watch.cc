#include "monitor/files/file_watch.h"

#include "common/base/log.h"
#include "common/base/quoted.h"

namespace zomg::monitor {
namespace {

using common::Result;

/// A reader that looks at its file says so every five seconds.
constexpr std::chrono::seconds kReaderPatience{15};
/// Twice and more what a reader keeps to, which says that it looked every five seconds, and what is
/// new ten times a second.
constexpr double kBurst = 100;
constexpr double kPerSecond = 20;

}  // namespace

FileWatch::FileWatch(EventLoop& loop, const Program& program, int null_fd,
                     messages::FileOrder order, std::string setting, Silence silence,
                     OnContents on_contents)
    : loop_(loop),
      order_(std::move(order)),
      setting_(std::move(setting)),
      silence_(silence),
      on_contents_(std::move(on_contents)),
      budget_(kBurst, kPerSecond, EventLoop::Clock::now()),
      reader_(order_),
      helper_(
          loop, program, null_fd,
          {[this](const ipc::Channel& channel) { return on_start(channel); },
           [this](const ipc::Channel&, const ipc::Packet& packet) { return on_packet(packet); }}) {}

Result<void> FileWatch::start() {
  heard_ = EventLoop::Clock::now();
  if (auto started = helper_.start(); !started) return started;
  look_at_reader();
  return {};
}

Result<void> FileWatch::on_start(const ipc::Channel& channel) {
  started_ = EventLoop::Clock::now();
  budget_.refill();
  unanswered_ = 0;
  reader_ = FileAnswerReader(order_);
  return channel.send(order_);
}

void FileWatch::read_now() {
  // One that does not run tells it when it starts; one that does not take it has it to do already.
  if (helper_.running() && helper_.channel().send(messages::ReadFileNow{})) ++unanswered_;
}

bool FileWatch::may_speak(bool asked) {
  if (!asked) return budget_.spend(EventLoop::Clock::now());
  return unanswered_ > 0 && unanswered_-- > 0;
}

Result<void> FileWatch::on_packet(const ipc::Packet& packet) {
  heard();
  if (ipc::decode<messages::FileLooked>(packet)) {
    return may_speak(false) ? Result<void>() : common::error("it looks too often");
  }
  const auto whole = reader_.take(packet);
  if (!whole) return whole.error();
  if (!*whole) return {};
  if (!may_speak(reader_.asked())) return common::error("too many answers");
  auto answer = reader_.answer();
  on_contents_(answer ? std::move(answer->contents) : Result<std::string>(answer.error()));
  return {};
}

void FileWatch::heard() {
  heard_ = EventLoop::Clock::now();
  if (!std::exchange(silent_, false)) return;
  log::info("{}: {} is read again", setting_, common::quoted(order_.path));
  if (silence_ == Silence::kIsAnError) read_now();
}

void FileWatch::look_at_reader() {
  if (!silent_ && EventLoop::Clock::now() - heard_ > kReaderPatience) {
    silent_ = true;
    const bool stays = silence_ == Silence::kStays;
    const bool waits = helper_.running() && EventLoop::Clock::now() - started_ > kReaderPatience;
    log::error("{}: {} {}: {}", setting_, common::quoted(order_.path),
               stays ? "stays as it was" : "cannot be read",
               waits ? "the disk that it is on does not answer" : "what reads it does not run");
    if (!stays) on_contents_(common::error("{} does not answer", common::quoted(order_.path)));
  }
  timer_ = loop_.after(kReaderPatience / 3, [this] { look_at_reader(); });
}

}  // namespace zomg::monitor
