#include "monitor/base/started_program.h"

#include "common/base/log.h"

namespace zomg::monitor {
namespace {

common::Result<StartedProgram> start(const Program& program, int input, int output) {
  auto ends = common::make_packet_socketpair();
  if (!ends) return ends.error();
  if (auto set = common::set_nonblocking(ends->first.get(), true); !set) return set.error();
  auto child = common::spawn(program.executable.get(), program.name.c_str(),
                             {input, output, log::children_output(), ends->second.get()});
  if (!child) return child.error();
  return StartedProgram{std::move(*child), ipc::Channel(std::move(ends->first))};
}

}  // namespace

common::Result<StartedProgram> start_program(const Program& program, int input, int output) {
  auto started = start(program, input, output);
  if (!started) return started.error().with_context(program.name);
  return started;
}

}  // namespace zomg::monitor
