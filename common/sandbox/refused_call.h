#pragma once

namespace zomg::sandbox {

/// In builds for development: has this process say on stderr which system call its filter refuses,
/// before it dies of that as it would have anyway (SIGSYS). For a filter whose action is TRAP.
void report_refused_calls();

}  // namespace zomg::sandbox
