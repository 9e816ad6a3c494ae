#include "monitor/boxes/resolver_client.h"

#include "common/base/limits.h"
#include "common/base/log.h"

namespace zomg::monitor {

using common::Failure;
using common::Result;

ResolverClient::ResolverClient(EventLoop& loop, const Program& program, int null_fd, Claims claims,
                               std::function<Result<void>(const ipc::Channel&)> send_settings)
    : loop_(loop),
      claims_(claims),
      send_settings_(std::move(send_settings)),
      helper_(loop, program, null_fd,
              {[this](const ipc::Channel& channel) { return on_start(channel); },
               [this](const ipc::Channel&, ipc::Packet packet) {
                 return on_packet(std::move(packet));
               }}) {}

Result<void> ResolverClient::on_start(const ipc::Channel& channel) {
  if (auto sent = send_settings_(channel); !sent) return sent;
  unanswered_ = 0;
  for (const auto& [id, question] : questions_) ask(channel, question.message);
  return {};
}

void ResolverClient::ask(const ipc::Channel& channel, const messages::LookUpBox& question) {
  if (auto sent = channel.send(question); !sent) return log::error("{}", sent.error().message);
  ++unanswered_;
}

ResolverClient::RequestId ResolverClient::look_up(const common::LoginName& name, OnReply on_reply) {
  const RequestId id = ++last_request_;
  Question question{{id, std::string_view(name.project), std::string_view(name.box),
                     std::string_view(name.container)},
                    std::move(on_reply),
                    loop_.after(limits::kLookupTimeout,
                                [this, id] { answer(id, Failure::kLookupTimedOut, {}); })};
  // While the resolver is away, on_start() sends it.
  if (helper_.running()) ask(helper_.channel(), question.message);
  questions_.emplace(id, std::move(question));
  return id;
}

void ResolverClient::cancel(RequestId request) {
  const auto found = questions_.find(request);
  if (found == questions_.end()) return;
  loop_.cancel(found->second.timeout);
  questions_.erase(found);
}

void ResolverClient::answer(RequestId request, Failure failure, LookedUpBox box) {
  const auto found = questions_.find(request);
  if (found == questions_.end()) return;  // cancelled, or timed out
  const OnReply on_reply = std::move(found->second.on_reply);
  cancel(request);
  on_reply(failure, std::move(box));
}

Result<void> ResolverClient::on_packet(ipc::Packet packet) {
  auto reply = ipc::decode<messages::BoxLookedUp>(packet.bytes);
  if (!reply) return reply.error();
  // Also one that is answered too late, or twice, was asked once.
  if (unanswered_ == 0) return common::error("more answers than questions");
  --unanswered_;
  const bool found = reply->failure == Failure::kNone;
  const std::size_t expected = !found ? 0 : reply->box.filtered ? 2 : 1;
  if (packet.fds.size() != expected) {
    return common::error("{} descriptors in a reply", packet.fds.size());
  }
  const bool names_process = reply->box.pid > 0 && !reply->box.container_id.value.empty();
  if (found && claims_ == Claims::kProcess && !names_process) {
    return common::error("a box without a process");
  }
  for (const auto& name : reply->containers.value) {
    if (!common::is_container_name(name)) return common::error("a container without a proper name");
  }
  LookedUpBox box{std::move(reply->box), {}, {}, std::move(reply->containers)};
  if (found) box.file = std::move(packet.fds[0]);
  if (expected == 2) box.seccomp_filter = std::move(packet.fds[1]);
  answer(reply->request_id, reply->failure, std::move(box));
  return {};
}

}  // namespace zomg::monitor
