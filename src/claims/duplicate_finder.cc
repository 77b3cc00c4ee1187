// SPDX-License-Identifier: Apache-2.0

#include "src/claims/duplicate_finder.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace doorward {
namespace {

uint64_t Load64(const char* p) noexcept {
  uint64_t word;
  std::memcpy(&word, p, sizeof word);
  return word;
}

// Hashes the first and the last eight octets and the length: enough to tell the claims of a token
// apart.
uint64_t HashName(const char* name, uint32_t size) noexcept {
  if (size == 0) return 0;
  uint64_t head = Load64(name);
  uint64_t tail = 0;
  if (size > 8) {
    tail = Load64(name + size - 8);
  } else if constexpr (std::endian::native == std::endian::little) {
    head <<= 64 - 8 * size;
  } else {
    head >>= 64 - 8 * size;
  }
  return (head ^ std::rotl(tail * 0x9E3779B97F4A7C15, 32) ^ size) * 0xD6E8FEB86659FD93;
}

std::string_view Name(const JsonNode& member) noexcept { return {member.name, member.name_size}; }

}  // namespace

bool DuplicateFinder::Find(const JsonNode& object) noexcept {
  if (object.size < 2) return false;
  return object.size <= kHashed ? FindByHash(object) : FindBySort(object);
}

bool DuplicateFinder::FindByHash(const JsonNode& object) noexcept {
  if (++round_ == 0) {
    slots_.fill({});
    round_ = 1;
  }
  constexpr int kShift = 64 - std::countr_zero(kSlots);
  const JsonNode* const end = AfterNode(&object);
  for (const JsonNode* member = &object + 1; member != end; member = AfterNode(member)) {
    size_t slot = HashName(member->name, member->name_size) >> kShift;
    for (; slots_[slot].round == round_; slot = (slot + 1) % kSlots) {
      if (Name((&object)[slots_[slot].member]) == Name(*member)) return true;
    }
    slots_[slot] = {round_, static_cast<uint32_t>(member - &object)};
  }
  return false;
}

bool DuplicateFinder::FindBySort(const JsonNode& object) noexcept {
  if (!names_.Reserve(object.size)) return true;
  std::string_view* const first = names_.data();
  std::string_view* last = first;
  const JsonNode* const end = AfterNode(&object);
  for (const JsonNode* member = &object + 1; member != end; member = AfterNode(member)) {
    *last++ = Name(*member);
  }
  std::sort(first, last);
  return std::adjacent_find(first, last) != last;
}

}  // namespace doorward
