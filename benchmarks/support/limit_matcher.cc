// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/support/limit_matcher.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <string>
#include <unordered_map>

#include <immintrin.h>

namespace doorward::benchmarks {
namespace {

constexpr uint32_t kDeny = 1u << 31;

uint64_t Mix(uint64_t a, uint64_t b) {
  const unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

uint64_t Load64(const char* at) {
  uint64_t word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// Reads up to 16 octets beyond `at`.
uint64_t HashSegment(const char* at, uint32_t size) {
  uint64_t a = Load64(at), b = Load64(at + 8);
  if (__builtin_expect(size <= 16, 1)) {
    a = _bzhi_u64(a, size >= 8 ? 64 : size * 8);
    b = _bzhi_u64(b, size <= 8 ? 0 : (size - 8) * 8);
    return Mix(a ^ 0x9E3779B97F4A7C15u ^ size, b ^ 0xE7037ED1A0B428DBu);
  }
  uint64_t hash = Mix(a ^ 0x9E3779B97F4A7C15u ^ size, b ^ 0xE7037ED1A0B428DBu);
  for (at += 16, size -= 16;; at += 8, size -= 8) {
    a = Load64(at);
    if (size <= 8) return Mix(hash ^ _bzhi_u64(a, size * 8), 0xA0761D6478BD642Fu);
    hash = Mix(hash ^ a, 0xA0761D6478BD642Fu);
  }
}

uint64_t Key(uint32_t node, uint64_t hash) { return Mix(hash ^ node, 0x8EBC6AF09C88C6E3u) | 1; }

uint32_t MethodBit(const std::string& method) {
  constexpr const char* kMethods[] = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"};
  for (uint32_t i = 0; i < 6; ++i) {
    if (method == kMethods[i]) return 1u << i;
  }
  return 1u << 6;
}

uint64_t SlashesIn32(const char* at) {
  const __m256i octets = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
  return static_cast<uint32_t>(
      _mm256_movemask_epi8(_mm256_cmpeq_epi8(octets, _mm256_set1_epi8('/'))));
}

// Hashes the segments; returns their number.
uint32_t HashSegments(const LimitMatcher::Prepared& request, uint64_t* hashes) {
  uint32_t count = 0, begin = 1;
  const auto close = [&](uint32_t end) {
    hashes[count++] = HashSegment(request.path + begin, end - begin);
    begin = end + 1;
  };
  for (uint32_t base = 0;; base += 64) {
    uint64_t slashes = SlashesIn32(request.path + base) | SlashesIn32(request.path + base + 32)
                                                              << 32;
    const uint32_t left = request.size - base;
    if (base == 0) slashes &= ~uint64_t{1};
    if (left < 64) slashes = _bzhi_u64(slashes, left) | uint64_t{1} << left;
    for (; slashes != 0; slashes &= slashes - 1)
      close(base + static_cast<uint32_t>(__builtin_ctzll(slashes)));
    if (left < 64) return count;
  }
}

}  // namespace

bool LimitMatcher::Supported() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
}

LimitMatcher::LimitMatcher(const Workload& workload) {
  nodes_.assign(2, {});
  std::unordered_map<uint64_t, uint32_t> edges;
  std::vector<std::vector<Entry>> leaves(1);
  const auto leaf_of = [&](uint32_t& leaf) -> std::vector<Entry>& {
    if (leaf == 0) {
      leaf = static_cast<uint32_t>(leaves.size());
      leaves.emplace_back();
    }
    return leaves[leaf];
  };
  for (const WorkloadRule& rule : workload.rules) {
    uint32_t node = 1;
    bool tail = false;
    for (const std::string& segment : rule.path) {
      if (segment == "**") {
        tail = true;
        break;
      }
      uint32_t child = 0;
      if (segment[0] == '{') {
        child = nodes_[node].any;
      } else {
        char buffer[160] = {};
        segment.copy(buffer, sizeof buffer - 16);
        child = edges[Key(node, HashSegment(buffer, static_cast<uint32_t>(segment.size())))];
      }
      if (child == 0) {
        child = static_cast<uint32_t>(nodes_.size());
        nodes_.push_back({});
        if (segment[0] == '{') {
          nodes_[node].any = child;
        } else {
          char buffer[160] = {};
          segment.copy(buffer, sizeof buffer - 16);
          edges[Key(node, HashSegment(buffer, static_cast<uint32_t>(segment.size())))] = child;
          ++nodes_[node].literals;
        }
      }
      node = child;
    }
    std::map<uint32_t, uint64_t> words;
    for (uint32_t role : rule.roles) words[role >> 6] |= uint64_t{1} << (role & 63);
    uint32_t methods = rule.deny ? kDeny : 0;
    for (const std::string& method : rule.methods) {
      methods |= MethodBit(method) | (method == "GET" ? MethodBit("HEAD") : 0);
    }
    std::vector<Entry>& entries = leaf_of(tail ? nodes_[node].tail : nodes_[node].leaf);
    for (const auto& [word, roles] : words) entries.push_back({word, methods, roles});
  }
  size_t capacity = 16;
  while (capacity < edges.size() * 2) capacity *= 2;
  table_.assign(capacity, {});
  mask_ = capacity - 1;
  for (const auto& [key, child] : edges) {
    uint64_t i = key >> 20 & mask_;
    while (table_[i].key != 0) i = (i + 1) & mask_;
    table_[i] = {key, child};
  }
  for (std::vector<Entry>& entries : leaves) {
    std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
      return (a.methods & kDeny) > (b.methods & kDeny);
    });
    leaves_.push_back(
        {static_cast<uint32_t>(entries_.size()), static_cast<uint32_t>(entries.size())});
    entries_.insert(entries_.end(), entries.begin(), entries.end());
  }
}

LimitMatcher::Prepared LimitMatcher::Prepare(const WorkloadRequest& request,
                                             const uint64_t* roles) const {
  Prepared out = {};
  out.size = static_cast<uint32_t>(request.path.copy(out.path, Prepared::kMaxPath));
  out.method = MethodBit(request.method);
  out.roles = roles;
  return out;
}

inline uint32_t LimitMatcher::Find(uint32_t node, uint64_t hash) const {
  const uint64_t key = Key(node, hash);
  for (uint64_t i = key >> 20 & mask_;; i = (i + 1) & mask_) {
    if (table_[i].key == key) return table_[i].child;
    if (table_[i].key == 0) return 0;
  }
}

inline bool LimitMatcher::Denies(uint32_t leaf, const Prepared& request, bool& allow) const {
  const Leaf at = leaves_[leaf];
  for (uint32_t i = at.first; i < at.first + at.count; ++i) {
    const Entry& entry = entries_[i];
    if ((entry.methods & request.method) == 0 || (request.roles[entry.word] & entry.roles) == 0)
      continue;
    if ((entry.methods & kDeny) != 0) return true;
    allow = true;
  }
  return false;
}

bool LimitMatcher::Decide(const Prepared& request) const {
  uint64_t hashes[128];
  const uint32_t count = HashSegments(request, hashes);
  bool allow = false;
  struct Frame {
    uint32_t node, position;
  } stack[128];
  int depth = 0;
  stack[depth++] = {1, 0};
  while (depth > 0) {
    Frame at = stack[--depth];
    for (;;) {
      const Node node = nodes_[at.node];
      if (node.tail != 0 && Denies(node.tail, request, allow)) return false;
      if (at.position == count) {
        if (node.leaf != 0 && Denies(node.leaf, request, allow)) return false;
        break;
      }
      const uint32_t child = node.literals != 0 ? Find(at.node, hashes[at.position]) : 0;
      ++at.position;
      if (child != 0 && node.any != 0) stack[depth++] = {node.any, at.position};
      at.node = child != 0 ? child : node.any;
      if (at.node == 0) break;
    }
  }
  return allow;
}

}  // namespace doorward::benchmarks
