#pragma once

#include <string>

namespace zomg::sessiond {

/// The first `max_bytes` of the file `path`, relative to the root of the calling process, which is
/// to be in the box and without capabilities. Links lead nowhere out of that root and to nobody's
/// descriptors; what is not a regular file, or cannot be read, counts as empty.
std::string read_box_file(const char* path, std::size_t max_bytes);

/// The same relative to the directory `root`, which links do not leave either.
std::string read_box_file(int root, const char* path, std::size_t max_bytes);

/// The first `max_bytes` of a regular file, wherever its position is; what is none, or cannot be read,
/// counts as empty. Takes memory by what is there, not by the bound.
std::string read_regular_file(int file, std::size_t max_bytes);

}  // namespace zomg::sessiond
