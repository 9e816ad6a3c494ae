#pragma once

#include <string_view>

#include "common/base/result.h"
#include "common/messages/keyring.h"

namespace zomg::keyring {

/// The key blobs in the body of `<base>/<user>.keys`: lines of `type base64 [comment]`, never with
/// options; empty lines count for nothing. One line of another form makes the whole body an Error:
/// it is a page about a failure, or cut short. What type a key is does not matter here, only that
/// its blob names the type of its line and is whole.
common::Result<messages::KeyBlobs> parse_key_list(std::string_view body);

}  // namespace zomg::keyring
