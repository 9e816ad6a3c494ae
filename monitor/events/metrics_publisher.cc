#include "monitor/events/metrics_publisher.h"

#include "common/base/limits.h"

namespace zomg::monitor {

using common::Result;

MetricsPublisher::MetricsPublisher(EventLoop& loop, const Program& program, int null_fd,
                                   std::vector<common::Fd> sockets, const sandbox::Account& account,
                                   Sources sources)
    : loop_(loop),
      sockets_(std::move(sockets)),
      account_(account),
      sources_(std::move(sources)),
      helper_(loop, program, null_fd,
              {[this](const ipc::Channel& channel) { return on_start(channel); }}) {}

Result<void> MetricsPublisher::start() {
  if (auto started = helper_.start(); !started) return started;
  tell();
  return {};
}

Result<void> MetricsPublisher::on_start(const ipc::Channel& channel) {
  const auto count = static_cast<std::uint32_t>(sockets_.size());
  auto sent = channel.send(messages::MetricsSettings{account_.uid, account_.gid, count});
  for (const common::Fd& socket : sockets_) {
    if (sent) sent = channel.send(messages::ListenForScrapes{}, {socket.get()});
  }
  return sent;
}

void MetricsPublisher::tell() {
  // What does not fit now is told the next time, fresher.
  if (helper_.running()) {
    (void)helper_.channel().send(sources_.state()).has_value();
    (void)helper_.channel().send(sources_.keys()).has_value();
  }
  timer_ = loop_.after(limits::kStateInterval, [this] { tell(); });
}

}  // namespace zomg::monitor
