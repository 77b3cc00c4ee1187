// SPDX-License-Identifier: Apache-2.0

#include "src/cel/arena.h"

#include <cstdint>
#include <cstring>
#include <vector>

#include <gtest/gtest.h>

namespace doorward::cel {
namespace {

constexpr size_t kLimit = 64 * 1024;

// Asks for pieces of `size` until there is none; returns how many there were.
size_t Exhaust(Arena& arena, size_t size) {
  size_t count = 0;
  while (char* const piece = arena.Allocate(size)) {
    std::memset(piece, 0x5A, size);
    ++count;
  }
  return count;
}

TEST(Arena, GivesAsMuchAsItsLimit) {
  Arena arena(kLimit);
  EXPECT_EQ(Exhaust(arena, 16), kLimit / 16);
  EXPECT_EQ(arena.Allocate(1), nullptr);
}

TEST(Arena, GivesItsLimitInOnePiece) {
  Arena arena(kLimit);
  EXPECT_EQ(arena.Allocate(kLimit + 1), nullptr);
  EXPECT_EQ(arena.Allocate(SIZE_MAX), nullptr);
  EXPECT_NE(arena.Allocate(kLimit), nullptr);
  EXPECT_EQ(arena.Allocate(1), nullptr);
}

TEST(Arena, GivesTheSameWhateverItGaveBefore) {
  const std::vector<std::vector<size_t>> histories = {
      {}, {kLimit}, {16, kLimit - 16}, {600, 5000, 20000}, {40000, 100}, {1, 1, 1}};
  Arena arena(kLimit);
  for (const std::vector<size_t>& history : histories) {
    SCOPED_TRACE(history.size());
    for (const size_t size : history) EXPECT_NE(arena.Allocate(size), nullptr);
    arena.Reset();
    EXPECT_EQ(Exhaust(arena, 1008), kLimit / 1008);
    arena.Reset();
    EXPECT_NE(arena.Allocate(kLimit - 32), nullptr);
    EXPECT_NE(arena.Allocate(32), nullptr);
    EXPECT_EQ(arena.Allocate(16), nullptr);
    arena.Reset();
  }
}

TEST(Arena, PiecesAreAlignedAndApart) {
  Arena arena(kLimit);
  std::vector<char*> pieces;
  for (size_t i = 0; i < 300; ++i) {
    const size_t size = 1 + (i * 7) % 100;
    char* const piece = arena.Allocate(size);
    ASSERT_NE(piece, nullptr);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(piece) % 16, 0u);
    std::memset(piece, static_cast<int>(i % 128), size);
    pieces.push_back(piece);
  }
  for (size_t i = 0; i < pieces.size(); ++i) {
    EXPECT_EQ(pieces[i][0], static_cast<char>(i % 128));
    EXPECT_EQ(pieces[i][(i * 7) % 100], static_cast<char>(i % 128));
  }
}

TEST(Arena, RefusesAnArrayWhoseSizeOverflows) {
  Arena arena(kLimit);
  EXPECT_EQ(arena.AllocateArray<uint64_t>(SIZE_MAX / 4), nullptr);
  EXPECT_EQ(arena.AllocateArray<uint64_t>(kLimit / 8 + 1), nullptr);
  EXPECT_NE(arena.AllocateArray<uint64_t>(kLimit / 8), nullptr);
}

TEST(Arena, GivesAPieceOfNothing) {
  Arena arena(kLimit);
  EXPECT_NE(arena.Allocate(0), arena.Allocate(0));
}

}  // namespace
}  // namespace doorward::cel
