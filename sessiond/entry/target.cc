#include "sessiond/entry/target.h"

#include <malloc.h>

#include <vector>

#include "common/base/log.h"
#include "sessiond/container/blame.h"
#include "sessiond/entry/supervisor.h"

namespace zomg::sessiond {

using common::Failure;
using common::Fd;
using common::Result;

namespace {

Result<void> prepare(Target& target, const messages::SessionTarget& message, std::vector<Fd> fds) {
  auto box = BoxProcess::check(std::move(fds[0]), message.box);
  if (!box) return box.error().with_context("refused to enter");
  target.box.emplace(std::move(*box));
  target.options.record = message.box.record;
  target.options.chroot_directory = message.chroot_directory.value;
  target.options.user = message.user;
  target.options.umask = message.box.umask;
  if (message.box.filtered) {
    auto filter = SeccompFilter::read(fds[1].get(), message.box.filter_flags);
    if (!filter) return filter.error().as(Failure::kNotConfined);
    target.options.filter.emplace(std::move(*filter));
  }
  auto cgroups = Cgroups::of(*target.box);
  if (!cgroups) return cgroups.error().as(Failure::kNotConfined);
  if (auto opened = cgroups->open_tasks(); !opened) {
    return blamed(Step::kCgroupJoin, opened.error());
  }
  target.cgroups.emplace(std::move(*cgroups));
  auto seclusion = Seclusion::make();
  if (!seclusion) return blamed(Step::kSeclusion, seclusion.error());
  target.seclusion.emplace(std::move(*seclusion));
  auto supervisors = Supervisor::prepare_filter();
  if (!supervisors) return supervisors.error().as(Failure::kGatewayFailed);
  target.filter.emplace(std::move(*supervisors));
  // Each session copies the pages of the heap that it touches: they are to be few.
  ::malloc_trim(0);
  return {};
}

}  // namespace

Failure failed(const common::Error& error) {
  log::error("{}", error.message);
  return told(error);
}

Result<Target> receive_target(const ipc::Channel& monitor) {
  std::vector<Fd> fds;
  auto message = monitor.receive_message<messages::SessionTarget>(&fds);
  if (!message) return message.error();
  Target target;
  target.account = {message->uid, message->gid};
  auto prepared = prepare(target, *message, std::move(fds));
  if (!prepared) target.failure = failed(prepared.error());
  return target;
}

}  // namespace zomg::sessiond
