#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "common/base/check.h"
#include "common/base/fd.h"

namespace zomg {

/// A file with this content, open at its beginning.
inline common::Fd file_of(const std::string& content) {
  common::Fd file(::memfd_create("file", MFD_CLOEXEC));
  CHECK(::write(file.get(), content.data(), content.size()) == std::ssize(content));
  CHECK(::lseek(file.get(), 0, SEEK_SET) == 0);
  return file;
}

}  // namespace zomg
