#include "monitor/events/event_queue.h"

#include "common/base/limits.h"
#include "common/messages/event.h"

namespace zomg::monitor {
namespace {

bool is_sftp_operation(const std::string& packet) {
  const auto type = ipc::packet_type(packet);
  return type && *type == static_cast<std::uint32_t>(messages::SftpOperation::kType);
}

}  // namespace

bool EventQueue::has_room_for(const std::string& packet) const {
  // Clients cause them by the thousand: half of the room is left to what tells of others.
  const std::size_t part = is_sftp_operation(packet) ? 2 : 1;
  return packets_.size() < limits::kMaxQueuedEvents / part &&
         bytes_ + packet.size() <= limits::kMaxQueuedEventBytes / part;
}

void EventQueue::report_drops(std::uint64_t time_us) {
  if (dropped_ == 0) return;
  auto packet = ipc::encode(messages::EventsDropped{{0, time_us, 0}, dropped_});
  CHECK(packet);
  dropped_ = 0;
  bytes_ += packet->size();
  packets_.push_back(std::move(*packet));
}

void EventQueue::push(std::string packet, std::uint64_t time_us) {
  if (!has_room_for(packet)) {
    ++dropped_;
    return;
  }
  report_drops(time_us);
  bytes_ += packet.size();
  packets_.push_back(std::move(packet));
}

void EventQueue::flush(const ipc::Channel& channel, std::uint64_t time_us) {
  while (!empty()) {
    if (packets_.empty()) report_drops(time_us);
    // What cannot be sent waits: for room, or for the observer's next start.
    if (!channel.send_packet(packets_.front())) return;
    bytes_ -= packets_.front().size();
    packets_.pop_front();
  }
}

}  // namespace zomg::monitor
