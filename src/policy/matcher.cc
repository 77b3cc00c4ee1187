// SPDX-License-Identifier: Apache-2.0

#include "src/policy/matcher.h"

#include <algorithm>
#include <bit>
#include <map>
#include <tuple>
#include <utility>

#include <absl/container/flat_hash_map.h>

namespace doorward {
Matcher::Matcher() = default;
Matcher::Matcher(Matcher&&) noexcept = default;
Matcher& Matcher::operator=(Matcher&&) noexcept = default;
Matcher::~Matcher() = default;

void Matcher::PushSpecials(const Node& node, std::string_view segment, uint32_t position,
                           MatchStack& stack) const {
  for (const Special* special = &specials_[node.special]; special->child != 0; ++special) {
    if (segment_matchers_[special->matcher].Matches(segment)) {
      stack.frames.push_back({&nodes_[special->child], position});
    }
  }
}

// While it is built, a trie is nodes with maps to their children; all of it is laid out flat at the
// end.
struct Matcher::Builder::State {
  struct BuildNode {
    std::vector<MatchEntry> entries;
    uint32_t any = 0;
    uint32_t tail = 0;
    std::vector<Special> specials;
    bool has_literals = false;
    bool is_literal = false;  // reached by a literal: its record goes into the table
  };

  std::vector<BuildNode> nodes{1};                                        // [0] unused: 0 is none
  absl::flat_hash_map<std::pair<uint32_t, uint32_t>, uint32_t> literals;  // (parent, text) -> child
  StringMap<uint32_t> texts;  // each distinct literal segment, numbered from 1
  std::map<std::tuple<SegmentPattern::Kind, std::string, std::vector<std::string>>, uint32_t>
      pattern_numbers;
  std::vector<SegmentPattern> kept_patterns;
  uint32_t any_host_root = 0;
  StringMap<uint32_t> host_roots, wildcard_roots;
  std::vector<MatchEntry> asterisk;

  uint32_t NewNode() {
    nodes.emplace_back();
    return static_cast<uint32_t>(nodes.size() - 1);
  }

  uint32_t Root(const std::string& host) {
    const bool wildcard = host.starts_with("*.");
    uint32_t& root = host.empty() ? any_host_root
                     : wildcard   ? wildcard_roots[host.substr(2)]
                                  : host_roots[host];
    if (root == 0) root = NewNode();
    return root;
  }

  uint32_t Literal(uint32_t parent, const std::string& text) {
    const auto number =
        texts.try_emplace(text, static_cast<uint32_t>(texts.size() + 1)).first->second;
    const auto [found, added] = literals.try_emplace(std::pair(parent, number), 0);
    if (added) {
      const uint32_t child = NewNode();
      found->second = child;
      nodes[child].is_literal = true;
      nodes[parent].has_literals = true;
    }
    return found->second;
  }

  uint32_t PatternNumber(const SegmentPattern& pattern) {
    const auto [found, added] = pattern_numbers.try_emplace(
        {pattern.kind, pattern.text, pattern.parts}, static_cast<uint32_t>(kept_patterns.size()));
    if (added) kept_patterns.push_back(pattern);
    return found->second;
  }

  uint32_t SpecialChild(uint32_t parent, const SegmentPattern& pattern) {
    const uint32_t number = PatternNumber(pattern);
    for (const Special& special : nodes[parent].specials) {
      if (special.matcher == number) return special.child;
    }
    const uint32_t child = NewNode();
    nodes[parent].specials.push_back({number, child});
    return child;
  }

  uint32_t Child(uint32_t parent, const SegmentPattern& pattern) {
    switch (pattern.kind) {
      case SegmentPattern::Kind::kLiteral:
        return Literal(parent, pattern.text);
      case SegmentPattern::Kind::kAny:
        if (nodes[parent].any == 0) {
          const uint32_t child = NewNode();
          nodes[parent].any = child;
        }
        return nodes[parent].any;
      case SegmentPattern::Kind::kTail:
        if (nodes[parent].tail == 0) {
          const uint32_t child = NewNode();
          nodes[parent].tail = child;
        }
        return nodes[parent].tail;
      case SegmentPattern::Kind::kGlob:
      case SegmentPattern::Kind::kRegex:
        break;
    }
    return SpecialChild(parent, pattern);
  }
};

Matcher::Builder::Builder() : state_(std::make_unique<State>()) {}
Matcher::Builder::~Builder() = default;

void Matcher::Builder::Add(const EndpointModel& endpoint, const MatchEntry& entry) {
  if (endpoint.is_asterisk) {
    state_->asterisk.push_back(entry);
    return;
  }
  uint32_t node = state_->Root(endpoint.host);
  size_t next = 0;
  size_t end = endpoint.path.size();
  for (; next < end; ++next) {
    node = state_->Child(node, endpoint.path[next]);
    if (endpoint.path[next].kind == SegmentPattern::Kind::kTail) {
      // The rest of the pattern hangs on the tail, last segment first.
      while (--end > next) node = state_->Child(node, endpoint.path[end]);
      break;
    }
  }
  state_->nodes[node].entries.push_back(entry);
}

Matcher Matcher::Builder::Build(bool fold_case) && {
  State& built = *state_;
  Matcher out;
  out.leaves_.emplace_back();
  out.specials_.push_back({0, 0});

  const auto add_leaf = [&](const std::vector<MatchEntry>& entries) -> uint32_t {
    if (entries.empty()) return 0;
    out.leaves_.push_back(
        {static_cast<uint32_t>(out.entries_.size()), static_cast<uint32_t>(entries.size())});
    out.entries_.insert(out.entries_.end(), entries.begin(), entries.end());
    return static_cast<uint32_t>(out.leaves_.size() - 1);
  };

  // Nodes that are not reached by a literal get a place in nodes_ first, since records refer to
  // them.
  std::vector<uint32_t> places(built.nodes.size(), 0);
  out.nodes_.emplace_back();
  for (size_t i = 1; i < built.nodes.size(); ++i) {
    if (built.nodes[i].is_literal) continue;
    places[i] = static_cast<uint32_t>(out.nodes_.size());
    out.nodes_.emplace_back();
  }
  const auto record = [&](uint32_t number) {
    const State::BuildNode& from = built.nodes[number];
    Node node;
    node.id = number;
    node.any = places[from.any];
    node.tail = places[from.tail];
    node.leaf = add_leaf(from.entries);
    node.has_literals = from.has_literals ? 1 : 0;
    if (!from.specials.empty()) {
      node.special = static_cast<uint32_t>(out.specials_.size());
      for (const Special& special : from.specials) {
        out.specials_.push_back({special.matcher, places[special.child]});
      }
      out.specials_.push_back({0, 0});
    }
    return node;
  };
  for (uint32_t i = 1; i < built.nodes.size(); ++i) {
    if (!built.nodes[i].is_literal) out.nodes_[places[i]] = record(i);
  }

  out.table_.resize(std::bit_ceil(built.literals.size() * 4 / 3 + 2));
  out.table_mask_ = out.table_.size() - 1;
  std::vector<std::string_view> texts(built.texts.size() + 1);
  std::vector<uint32_t> rests(texts.size(), 0);
  for (const auto& [text, number] : built.texts) {
    texts[number] = text;
    if (text.size() <= Slot::kHead) continue;
    rests[number] = static_cast<uint32_t>(out.text_.size());
    out.text_.append(text, Slot::kHead);
  }
  for (const auto& [edge, child] : built.literals) {
    const std::string_view text = texts[edge.second];
    const uint64_t hash = HashEdge(edge.first, text);
    size_t i = hash & out.table_mask_;
    while (out.table_[i].parent != 0) i = (i + 1) & out.table_mask_;
    Slot& slot = out.table_[i];
    slot.parent = edge.first;
    slot.tag = static_cast<uint32_t>(hash >> 32);
    slot.size = static_cast<uint32_t>(text.size());
    slot.rest = rests[edge.second];
    text.copy(slot.head, Slot::kHead);
    slot.child = record(child);
  }

  for (const SegmentPattern& pattern : built.kept_patterns) {
    out.segment_matchers_.push_back(pattern.kind == SegmentPattern::Kind::kGlob
                                        ? SegmentMatcher::Glob(pattern.parts)
                                        : SegmentMatcher::Regex(pattern.text, fold_case));
  }
  const auto place_roots = [&](StringMap<uint32_t>& roots) {
    for (auto& [host, root] : roots) root = places[root];
    return std::move(roots);
  };
  out.any_host_root_ = places[built.any_host_root];
  out.host_roots_ = place_roots(built.host_roots);
  out.wildcard_roots_ = place_roots(built.wildcard_roots);
  out.asterisk_leaf_ = add_leaf(built.asterisk);
  return out;
}

}  // namespace doorward
