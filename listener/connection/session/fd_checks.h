#pragma once

namespace zomg::connection {

/// Whether a descriptor that sessiond sent is of the kind it should be (fstat(2), fcntl(2)): what
/// else it might be could block, or end differently.
bool is_terminal_master(int fd);
bool is_pipe_to_read(int fd);
bool is_pipe_to_write(int fd);

}  // namespace zomg::connection
