#include "monitor/helpers/resolver/container/json_subtree.h"

#include "common/base/limits.h"

namespace zomg::resolver {

bool JsonSubtree::count(std::size_t bytes) {
  bytes_ += bytes;
  return ++values_ <= limits::kMaxSubtreeValues && bytes_ <= limits::kMaxSubtreeBytes;
}

JsonSubtree::Json* JsonSubtree::place(Json value) {
  if (containers_.empty()) {
    root_ = std::move(value);
    return &root_;
  }
  Json& parent = *containers_.back();
  if (parent.is_array()) {
    parent.push_back(std::move(value));
    return &parent.back();
  }
  Json& member = parent[key_];
  member = std::move(value);
  return &member;
}

bool JsonSubtree::add(Json value) {
  if (!count(value.is_string() ? value.get_ref<const std::string&>().size() : 0)) return false;
  place(std::move(value));
  return true;
}

bool JsonSubtree::start(Json container) {
  if (!count(0) || containers_.size() == limits::kMaxSubtreeDepth) return false;
  containers_.push_back(place(std::move(container)));
  return true;
}

bool JsonSubtree::key(const std::string& name) {
  key_ = name;
  return count(name.size());
}

}  // namespace zomg::resolver
