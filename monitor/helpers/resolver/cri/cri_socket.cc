#include "monitor/helpers/resolver/cri/cri_socket.h"

#include <sys/stat.h>

namespace zomg::resolver {
namespace {

std::string directory_of(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

std::optional<gid_t> group_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return status.st_gid;
}

}  // namespace

CriSocket::CriSocket(std::string path) : path_(std::move(path)) {
  if (!path_.empty()) group_ = group_of(path_);
}

std::vector<std::string> CriSocket::directories() const {
  if (path_.empty()) return {};
  return {directory_of(path_)};
}

std::vector<gid_t> CriSocket::groups() const {
  if (!group_) return {};
  return {*group_};
}

bool CriSocket::outdated() const {
  if (path_.empty()) return false;
  struct stat directory {};
  // A directory that was removed keeps its inode for those who are in it, but has no link left.
  if (::stat(directory_of(path_).c_str(), &directory) != 0 || directory.st_nlink == 0) return true;
  const auto group = group_of(path_);
  return group && group != group_;
}

}  // namespace zomg::resolver
