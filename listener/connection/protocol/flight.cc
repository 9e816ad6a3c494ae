#include "listener/connection/protocol/flight.h"

#include <algorithm>

namespace zomg::connection {

void Flight::look(std::size_t window) {
  if (begun_ && window > window_) {
    const std::size_t returned = window - window_;
    on_its_way_ -= std::min(on_its_way_, returned);
    piece_ = piece_ == 0 ? returned : std::min(piece_, returned);
  }
  begun_ = true;
  window_ = window;
}

void Flight::send(std::size_t bytes) {
  window_ -= std::min(window_, bytes);
  on_its_way_ += bytes;
}

std::size_t Flight::room(std::size_t window) const {
  if (most_ == kUnlimited || piece_ == 0 || piece_ > most_ / 2) return window;
  Flight now = *this;
  now.look(window);
  return std::min(window, most_ - std::min(most_, now.on_its_way_));
}

}  // namespace zomg::connection
