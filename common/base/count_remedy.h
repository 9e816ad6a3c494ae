#pragma once

namespace zomg::common {

/// What a process does when others have used up what the kernel counts by its real user id
/// (sandbox/counted_apart.h), as who has found that number out can. True: the call that was refused is
/// worth trying again.
using CountRemedy = bool (*)();

/// For the calling process, from now on. Without one there is none. To be called before it has threads.
void set_count_remedy(CountRemedy remedy);

/// Called by whatever sends descriptors, or forks, and was refused for the count. Leaves errno alone.
bool remedy_count();

}  // namespace zomg::common
