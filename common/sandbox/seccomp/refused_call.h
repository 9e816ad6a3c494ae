#pragma once

namespace zomg::sandbox {

/// How a process goes on after a call whose action in its filter is TRAP.
enum class AfterRefusal { kDies, kGoesOn };

/// Has this process say in its log which system call its filter refuses: the first of each name, and
/// with the count the 1000th, the 1,000,000th and so on. Then the process dies by SIGSYS, as builds
/// for development do where a release is killed, or the call fails with ENOSYS.
///
/// The kernel makes no such call, whatever becomes of the signal: who changes its handler, or blocks
/// it, and dies of that, has no more than before.
void report_refused_calls(AfterRefusal after);

/// The name of a system call that was refused and is not told yet; nullptr: there is none. Each is
/// told once. For a process whose log leads nowhere.
const char* take_refused_call();

}  // namespace zomg::sandbox
