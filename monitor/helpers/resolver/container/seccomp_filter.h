#pragma once

#include "common/base/fd.h"
#include "common/base/result.h"
#include "monitor/helpers/resolver/container/seccomp_profile.h"

namespace zomg::resolver {

/// The BPF program (struct sock_filter) of a profile, in a memfd that nobody can change any more.
/// It decides as runc's does: a rule with the default's action adds nothing; several conditions on
/// one argument are alternatives, on different ones all have to hold; a name that libseccomp does
/// not know is passed over; and where the default is to refuse, a system call newer than all that
/// the profile names is answered with ENOSYS, so that the C library falls back to an older one.
common::Result<common::Fd> compile_seccomp_filter(const SeccompProfile& profile);

}  // namespace zomg::resolver
