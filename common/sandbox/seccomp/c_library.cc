#include "common/sandbox/seccomp/c_library.h"

#include <malloc.h>
#include <time.h>

namespace zomg::sandbox {

void settle_c_library() {
  // The time zone: the first line of the log.
  ::tzset();
  // Every further arena of malloc reads /proc/sys/vm/overcommit_memory when it shrinks.
  ::mallopt(M_ARENA_MAX, 1);
}

}  // namespace zomg::sandbox
