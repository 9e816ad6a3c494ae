#pragma once

namespace zomg::sandbox {

/// Has the C library do now, while there is a file system, what it would open files for when it
/// first needs it: for a process that starts threads, before it is confined.
void settle_c_library();

}  // namespace zomg::sandbox
