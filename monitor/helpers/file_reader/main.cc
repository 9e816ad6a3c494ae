// zomg-ssh-file-reader: reads a file for the monitor, which must not wait for one: the disk, the
// network file system or the FUSE server that it is on may not answer.
//
// Started by: the monitor, as root: one for as long as it serves for each file that it watches, one for
//             a moment for each that it reads or opens after its start.
// Runs as:    root, whose files these are, without any capability, in the host's root directory,
//             seccomp allow-list (sandbox.cc).
// Descriptors: 0 /dev/null, or how a shelf is filled; 1 /dev/null, 2 the log, 3 the channel to the monitor; the file.
// Trusts:     the monitor, which names the file. Parses nothing: what is in the file goes to the
//             monitor as it is.
// Dies:       when its answer is given; of a watched file, when the monitor closes the channel.
//             By SIGKILL when a file takes too long to read.
#include <fcntl.h>
#include <unistd.h>

#include "common/program/run.h"
#include "common/sandbox/counted_apart.h"
#include "monitor/files/file.h"
#include "monitor/helpers/file_reader/answer.h"
#include "monitor/helpers/file_reader/sandbox.h"
#include "monitor/helpers/file_reader/watcher.h"

namespace {

using namespace zomg;
using common::Result;

struct Work {
  ipc::Channel monitor;
  messages::FileOrder order;
  common::Fd changes;
};

Result<Work> prepare(ipc::Channel monitor, program::Place& place) {
  const auto order = monitor.receive_message<messages::FileOrder>();
  if (!order) return order.error().with_context("order");
  // A file that is handed over counts, what is told of one does not. Some file systems (FUSE) let root
  // alone read, by its real user id, too.
  if (order->task == messages::FileTask::kOpenForAppend) sandbox::count_apart();
  place.calls = file_reader::calls_of(order->task);
  return Work{std::move(monitor), *order, file_reader::open_changes(*order)};
}

Result<void> serve(Work& work) {
  const messages::FileOrder& order = work.order;
  switch (order.task) {
    case messages::FileTask::kRead:
      return file_reader::tell_contents(work.monitor,
                                        monitor::read_file(order.path.value, order.max_bytes,
                                                           common::StrictModes{order.strict_modes}),
                                        true);
    case messages::FileTask::kOpenForAppend:
      return file_reader::hand_over(work.monitor, common::Fd(STDIN_FILENO),
                                    monitor::open_for_append(order.path.value));
    case messages::FileTask::kWatch:
      return file_reader::Watcher(order, work.monitor, std::move(work.changes)).run();
  }
  return common::error("no such task");
}

}  // namespace

int main() {
  return program::run(file_reader::kRow, prepare, serve);
}
