#pragma once

#include "common/base/log.h"
#include "common/ipc/channel.h"
#include "common/program/confinement.h"

namespace zomg::program {

/// The first steps of every program: the signals that it ignores, its name, its log, no traces, and whether
/// it has the descriptors of its row and no others.
common::Result<void> start(const Row& row);

/// All of a program's main(), whose exit status it returns: the one home of the order of its steps.
///
/// `prepare` is the privileged part: it has the channel to who started the program, receives its settings,
/// opens and loads what cannot be had later, and says what only it knows of the sandbox. `serve` is the
/// rest of the program's life, in the sandbox. `tell`, where there is one, is told when the sandbox cannot
/// be had or `serve` fails.
template <typename State>
int run(const Row& row, common::Result<State> (*prepare)(ipc::Channel channel, Place& place),
        common::Result<void> (*serve)(State& state), void (*tell)(State& state) = nullptr) {
  const auto fail = [](const common::Error& error) {
    log::error("{}", error.message);
    return 1;
  };
  if (auto started = start(row); !started) {
    return fail(started.error().with_context("cannot start"));
  }
  Place place;
  auto state = prepare(ipc::Channel(common::Fd(common::kChannelFd)), place);
  if (!state) return fail(state.error().with_context("cannot start"));
  auto done = confine(row, place);
  done = done ? serve(*state) : done.error().with_context("sandbox").with_context("cannot start");
  if (done) return 0;
  if (tell != nullptr) tell(*state);
  return fail(done.error());
}

}  // namespace zomg::program
