#include "listener/connection/protocol/in_flight.h"

#include <algorithm>

namespace zomg::connection {

void InFlight::look(std::size_t window) {
  if (begun_ && window > window_) {
    const std::size_t returned = window - window_;
    on_its_way_ -= std::min(on_its_way_, returned);
    piece_ = piece_ == 0 ? returned : std::min(piece_, returned);
  }
  begun_ = true;
  window_ = window;
}

void InFlight::send(std::size_t bytes) {
  window_ -= std::min(window_, bytes);
  on_its_way_ += bytes;
}

std::size_t InFlight::room(std::size_t window) const {
  if (most_ == kUnlimited || piece_ == 0 || piece_ > most_ / 2) return window;
  InFlight now = *this;
  now.look(window);
  return std::min(window, most_ - std::min(most_, now.on_its_way_));
}

}  // namespace zomg::connection
