// SPDX-License-Identifier: Apache-2.0

#include "src/claims/special_octets.h"

#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "src/base/cpu.h"

namespace doorward {
namespace {

constexpr uint64_t InEachOctet(uint64_t octet) { return octet * 0x0101010101010101; }

// Sets bit 7 of each octet that is zero and of no other; the bits below it have no meaning.
// REQUIRES: no octet has its bit 7 set.
constexpr uint64_t FindZero(uint64_t octets) { return ~(octets + InEachOctet(0x7F)); }

// A bit for each of eight octets.
uint64_t FindInWord(uint64_t octets) noexcept {
  const uint64_t ascii = octets & InEachOctet(0x7F);
  const uint64_t is_control = ~(ascii + InEachOctet(0x80 - 0x20));
  const uint64_t special = octets | is_control | FindZero(ascii ^ InEachOctet('"')) |
                           FindZero(ascii ^ InEachOctet('\\'));
  // The product's highest octet gathers bit 0 of all octets.
  return ((special & InEachOctet(0x80)) >> 7) * 0x0102040810204080 >> 56;
}

uint64_t FindInBlock(const char* block) noexcept {
  uint64_t bits = 0;
  for (size_t i = 0; i < SpecialOctets::kBlock; i += 8) {
    uint64_t octets;
    std::memcpy(&octets, block + i, sizeof octets);
    bits |= FindInWord(LittleEndian(octets)) << i;
  }
  return bits;
}

void Store(uint64_t bits, unsigned char* to) noexcept {
  const uint64_t word = LittleEndian(bits);
  std::memcpy(to, &word, sizeof word);
}

#if defined(__x86_64__)
#define DOORWARD_AVX2 __attribute__((target("avx2")))

DOORWARD_AVX2 inline uint32_t FindInHalfAvx2(const char* half) noexcept {
  const __m256i octets = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(half));
  // Octets from 0x80 are negative here, so that one comparison finds them and the controls.
  const __m256i special =
      _mm256_or_si256(_mm256_cmpgt_epi8(_mm256_set1_epi8(0x20), octets),
                      _mm256_or_si256(_mm256_cmpeq_epi8(octets, _mm256_set1_epi8('"')),
                                      _mm256_cmpeq_epi8(octets, _mm256_set1_epi8('\\'))));
  return static_cast<uint32_t>(_mm256_movemask_epi8(special));
}

DOORWARD_AVX2 void FindInBlocksAvx2(const char* text, size_t size, unsigned char* bits) noexcept {
  for (size_t i = 0; i <= size; i += SpecialOctets::kBlock) {
    const uint64_t first = FindInHalfAvx2(text + i);
    const uint64_t second = FindInHalfAvx2(text + i + SpecialOctets::kBlock / 2);
    Store(first | second << 32, bits + i / 8);
  }
}
#else
void FindInBlocksAvx2(const char*, size_t, unsigned char*) noexcept {}
#endif

void FindInBlocks(const char* text, size_t size, unsigned char* bits) noexcept {
  for (size_t i = 0; i <= size; i += SpecialOctets::kBlock) {
    Store(FindInBlock(text + i), bits + i / 8);
  }
}

}  // namespace

template <class FindInBlocks>
bool SpecialOctets::FindWith(std::string_view text, const FindInBlocks& find) noexcept {
  constexpr size_t kWord = 8;
  // The NUL is in the last block; a word may begin in there and end behind it.
  const size_t size = (text.size() / kBlock + 1) * (kBlock / 8);
  if (!bits_.Reserve(size + kWord)) return false;
  text_ = text.data();
  find(text.data(), text.size(), bits_.data());
  Store(0, bits_.data() + size);
  return true;
}

bool SpecialOctets::Find(std::string_view text) noexcept {
  return HasAvx2() ? FindWith(text, FindInBlocksAvx2) : FindPortably(text);
}

bool SpecialOctets::FindPortably(std::string_view text) noexcept {
  return FindWith(text, FindInBlocks);
}

}  // namespace doorward
