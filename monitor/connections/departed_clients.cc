#include "monitor/connections/departed_clients.h"

#include <algorithm>

namespace zomg::monitor {

void DepartedClients::add(std::uint64_t connection, std::string address) {
  if (clients_.size() == kMost) clients_.pop_front();
  clients_.emplace_back(connection, std::move(address));
}

std::optional<std::string> DepartedClients::take(std::uint64_t connection) {
  const auto found = std::find_if(clients_.begin(), clients_.end(),
                                  [&](const auto& client) { return client.first == connection; });
  if (found == clients_.end()) return std::nullopt;
  std::string address = std::move(found->second);
  clients_.erase(found);
  return address;
}

}  // namespace zomg::monitor
