#pragma once

namespace zomg::connection::ssh {

/// Wipes the key exchange that libssh hashed last from memory.
void forget_exchange();

}  // namespace zomg::connection::ssh
