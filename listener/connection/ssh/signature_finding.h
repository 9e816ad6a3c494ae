#pragma once

#include "listener/connection/requests/auth_request.h"

struct ssh_session_struct;

namespace zomg::connection::ssh {

/// What to tell the monitor of a request's signatures: libssh has verified the user's, `user_holds`;
/// a certificate's authority's is verified here.
messages::SignatureFinding finding_of(const AuthRequest& request, bool user_holds,
                                      ssh_session_struct* session);

}  // namespace zomg::connection::ssh
