// /etc/passwd of a hostile box.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/base/check.h"
#include "sessiond/box/passwd.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto entry = zomg::sessiond::find_passwd_entry(text, 0);
  if (!entry) return 0;
  for (const std::string* field : {&entry->name, &entry->home, &entry->shell}) {
    CHECK(field->find_first_of(std::string_view(":\n\0", 3)) == std::string::npos);
  }
  CHECK(!entry->home.empty());
  const auto named = zomg::sessiond::find_passwd_entry(text, entry->name);
  CHECK(named && named->name == entry->name);
  return 0;
}
