#include "monitor/lookups/resolver_client.h"

#include <fcntl.h>

#include <algorithm>

#include "common/base/limits.h"
#include "common/base/log.h"

namespace zomg::monitor {
namespace {

using common::Failure;
using common::Result;

/// Another one for the same box.
Result<LookedUpBox> copy(const LookedUpBox& box) {
  LookedUpBox other{box.claim, {}, {}, box.containers, box.asked};
  for (const auto member : {&LookedUpBox::file, &LookedUpBox::seccomp_filter}) {
    if (!(box.*member)) continue;
    other.*member = common::Fd(::fcntl((box.*member).get(), F_DUPFD_CLOEXEC, 0));
    if (!(other.*member)) return common::errno_error("F_DUPFD_CLOEXEC");
  }
  return other;
}

}  // namespace

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
  std::erase_if(by_name_,
                [this](const auto& entry) { return questions_.at(entry.second).waiters.empty(); });
  std::erase_if(questions_, [](const auto& entry) { return entry.second.waiters.empty(); });
  turns_ = {};
  for (auto& [id, question] : questions_) {
    question.sent.reset();
    for (const auto& [number, waiter] : question.waiters) turns_.wait(waiter.key, id);
  }
  health_.start(!questions_.empty(), Clock::now());
  send_those_whose_turn_it_is();
  return {};
}

void ResolverClient::send_those_whose_turn_it_is() {
  // While the resolver is away they wait for on_start().
  while (helper_.running()) {
    const auto turn = turns_.next();
    if (!turn) return;
    Question& question = questions_.at(turn->question);
    if (auto sent = helper_.channel().send(question.message); !sent) {
      return send_later(sent.error());
    }
    for (const auto& [number, waiter] : question.waiters) turns_.leave(waiter.key, turn->question);
    turns_.begin(turn->key);
    question.sent = {turn->key, Clock::now()};
  }
}

void ResolverClient::send_later(const common::Error& error) {
  if (sent_again_ != 0) return;
  log::warning("a lookup waits to be sent: {}", error.message);
  sent_again_ = loop_.after(limits::kLookupSentAgain, [this] {
    sent_again_ = 0;
    send_those_whose_turn_it_is();
  });
}

ResolverClient::RequestId ResolverClient::look_up(const common::LoginName& name,
                                                  const std::string& key, OnReply on_reply) {
  const messages::LookUpBox message{last_question_ + 1, std::string_view(name.project),
                                    std::string_view(name.box), std::string_view(name.container)};
  const std::string text = name.text();
  const auto [known, is_new] = by_name_.try_emplace(text, message.request_id);
  const RequestId id{known->second, ++last_waiter_};
  if (is_new) {
    questions_.emplace(++last_question_, Question{text, message, {}, {}});
    health_.ask(Clock::now());
  }
  Question& question = questions_.at(id.question);
  question.waiters.emplace(
      id.waiter, Waiter{key, std::move(on_reply),
                        loop_.after(limits::kLookupTimeout, [this, id] { time_out(id); })});
  if (!question.sent) turns_.wait(key, id.question);
  send_those_whose_turn_it_is();
  return id;
}

std::optional<ResolverClient::Waiter> ResolverClient::take_waiter(RequestId request) {
  const auto found = questions_.find(request.question);
  if (found == questions_.end()) return std::nullopt;
  Question& question = found->second;
  auto entry = question.waiters.extract(request.waiter);
  if (entry.empty()) return std::nullopt;
  loop_.cancel(entry.mapped().timeout);
  if (!question.sent) {
    turns_.leave(entry.mapped().key, request.question);
    if (question.waiters.empty()) forget(request.question);
  }
  return std::move(entry.mapped());
}

void ResolverClient::cancel(RequestId request) {
  take_waiter(request);
}

void ResolverClient::time_out(RequestId request) {
  const auto waiter = take_waiter(request);
  if (waiter) waiter->on_reply(Failure::kLookupTimedOut, {});
}

void ResolverClient::forget(QuestionId id) {
  by_name_.erase(questions_.at(id).name);
  questions_.erase(id);
}

bool ResolverClient::under_way(RequestId request) const {
  const auto question = questions_.find(request.question);
  return question != questions_.end() && question->second.sent.has_value();
}

ResolverClient::Clock::duration ResolverClient::patience(RequestId request) const {
  const auto question = questions_.find(request.question);
  if (question == questions_.end()) return {};
  const auto& sent = question->second.sent;
  return health_.patience(sent ? std::optional(sent->time) : std::nullopt, Clock::now());
}

Result<void> ResolverClient::check(const messages::BoxLookedUp& reply) const {
  const auto question = questions_.find(reply.request_id);
  if (question == questions_.end() || !question->second.sent) {
    return common::error("an answer to what it was not asked");
  }
  const bool found = reply.failure == Failure::kNone;
  const bool names_process = reply.box.pid > 0 && !reply.box.container_id.value.empty();
  if (found && claims_ == Claims::kProcess && !names_process) {
    return common::error("a box without a process");
  }
  for (const auto& name : reply.containers.value) {
    if (!common::is_container_name(name)) return common::error("a container without a proper name");
  }
  return {};
}

Result<void> ResolverClient::on_packet(ipc::Packet packet) {
  auto reply = ipc::decode<messages::BoxLookedUp>(packet);
  if (!reply) return reply.error();
  if (auto checked = check(*reply); !checked) return checked;
  const Sent sent = *questions_.at(reply->request_id).sent;
  // It cannot have been slower than we saw.
  const auto now = Clock::now();
  const auto seen = std::chrono::duration_cast<std::chrono::microseconds>(now - sent.time);
  const std::chrono::microseconds took(
      std::min<std::uint64_t>(reply->server_us, static_cast<std::uint64_t>(seen.count())));
  health_.hear(reply->server_fails, took, questions_.size() > 1, now);
  turns_.end(sent.key);
  LookedUpBox box{std::move(reply->box), {}, {}, std::move(reply->containers), sent.time};
  if (!packet.fds.empty()) box.file = std::move(packet.fds[0]);
  if (packet.fds.size() > 1) box.seccomp_filter = std::move(packet.fds[1]);
  end(reply->request_id, reply->failure, std::move(box));
  send_those_whose_turn_it_is();
  return {};
}

void ResolverClient::end(QuestionId id, Failure failure, LookedUpBox box) {
  Question& question = questions_.at(id);
  // Who asks from now on asks anew.
  by_name_.erase(question.name);
  while (!question.waiters.empty()) {
    const auto waiter = take_waiter({id, question.waiters.begin()->first});
    if (question.waiters.empty()) {
      waiter->on_reply(failure, std::move(box));
    } else if (auto another = copy(box)) {
      waiter->on_reply(failure, std::move(*another));
    } else {
      log::error("a lookup's answer: {}", another.error().message);
      waiter->on_reply(Failure::kLookupFailed, {});
    }
  }
  questions_.erase(id);
}

}  // namespace zomg::monitor
