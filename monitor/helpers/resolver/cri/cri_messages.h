#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "monitor/helpers/resolver/cri/cri.h"

/// CRI messages on the wire (cri.proto); the one home of protobuf.
namespace zomg::resolver {

std::string list_sandboxes_request(const BoxName& box);
std::string list_containers_request(std::string_view sandbox_id);
std::string container_details_request(std::string_view container_id);

/// The content of an answer; an Error when it is not a message of that type.
common::Result<std::vector<Sandbox>> parse_sandboxes(std::string_view answer);
common::Result<std::vector<Container>> parse_containers(std::string_view answer);
common::Result<ContainerDetails> parse_container_details(std::string_view answer);

}  // namespace zomg::resolver
