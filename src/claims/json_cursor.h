// SPDX-License-Identifier: Apache-2.0
//
// A place in a JSON text that is being read, and the readers of its smallest parts. Each reader
// leaves the cursor after what it read or, where it returns false, at the fault.

#ifndef DOORWARD_CLAIMS_JSON_CURSOR_H_
#define DOORWARD_CLAIMS_JSON_CURSOR_H_

#include <cstddef>
#include <string_view>

#include "src/claims/buffer.h"
#include "src/claims/json.h"
#include "src/claims/special_octets.h"

namespace doorward {

// INVARIANT: `at` <= `end`, where NUL stands, which is right nowhere in a text: whoever looks at
// octets one by one and stops at what is wrong need not look for the end. JsonParser::kPadding
// octets from `end` on may be read.
struct JsonCursor {
  const char* at;
  const char* end;

  bool Skip(char expected) noexcept {
    if (*at != expected) return false;
    ++at;
    return true;
  }
};

// Where strings go whose escapes had to be undone. All of one text together are never longer than
// the text, so that room for it, made once, never moves under the views that were handed out.
class UnescapedStrings {
 public:
  void Reset(size_t text_size) noexcept {
    text_size_ = text_size;
    used_ = 0;
  }
  // Returns the place for the next string, or null where there is no memory.
  char* Begin() noexcept {
    return memory_.Reserve(text_size_ + JsonParser::kPadding) ? memory_.data() + used_ : nullptr;
  }
  void End(const char* end) noexcept { used_ = static_cast<size_t>(end - memory_.data()); }

 private:
  Buffer<char> memory_;
  size_t text_size_ = 0;
  size_t used_ = 0;
};

// Reads on in a string that began at `start`, validating UTF-8 and undoing escapes. `special` are
// those of the whole text.
bool ReadAnyJsonString(const char* start, JsonCursor& cursor, const SpecialOctets& special,
                       UnescapedStrings& unescaped, std::string_view* out) noexcept;

// Reads a number into `node`, as kInt or kDouble.
bool ReadJsonNumber(JsonCursor& cursor, JsonNode& node) noexcept;

}  // namespace doorward

#endif  // DOORWARD_CLAIMS_JSON_CURSOR_H_
