// SPDX-License-Identifier: Apache-2.0

#include "src/policy/match_trie_builder.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <iterator>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <absl/container/flat_hash_map.h>

#include "src/base/string_map.h"
#include "src/http/segment_key.h"

namespace doorward {
namespace {

using Hosts = MatchTrie::Hosts;
using Node = MatchTrie::Node;
using Slot = MatchTrie::Slot;
using Special = MatchTrie::Special;

}  // namespace

// While it is built, a trie is nodes with maps to their children; all of it is laid out flat at the
// end.
struct MatchTrieBuilder::State {
  struct HostEntry {
    MatchEntry entry;
    uint32_t host;  // its place among the trie's hosts
  };
  struct BuildNode {
    uint32_t parent = 0;
    Hosts hosts = 0;  // in the end, those below too
    std::vector<HostEntry> entries;
    uint32_t any = 0;
    uint32_t tail = 0;
    std::vector<Special> specials;
    bool has_literals = false;
    bool is_literal = false;  // reached by a literal: its record goes into the table
    bool is_tail = false;     // reached by "**": its entries go with the node above

    size_t branches() const { return (any != 0) + (has_literals ? 1u : 0u) + specials.size(); }
  };

  // [0] unused: 0 is none. [1] is the root of the trie that hosts share.
  std::vector<BuildNode> nodes{2};
  absl::flat_hash_map<std::pair<uint32_t, uint32_t>, uint32_t> literals;  // (parent, text) -> child
  absl::flat_hash_map<std::pair<uint32_t, uint32_t>, uint32_t> special_children;  // by pattern
  StringMap<uint32_t> texts;  // each distinct literal segment, numbered from 1
  std::map<std::tuple<SegmentPattern::Kind, std::string, std::vector<std::string>>, uint32_t>
      pattern_numbers;
  std::vector<SegmentPattern> kept_patterns;
  HostMap<uint32_t> hosts;  // as in MatchTrie
  uint32_t host_count = 1;  // with "any host"
  std::vector<uint32_t> own_roots;
  std::vector<HostEntry> asterisk;

  uint32_t NewNode(uint32_t parent) {
    nodes.emplace_back().parent = parent;
    return static_cast<uint32_t>(nodes.size() - 1);
  }

  // Of a host pattern, or "" for any: the root of its trie, and its place among the trie's hosts.
  std::pair<uint32_t, uint32_t> RootAndPlace(const std::string& host) {
    if (host.empty()) return {1, 0};
    uint32_t& number = hosts[host];
    if (number == 0) {
      number = host_count++;
      if (number >= MatchTrie::kSharing) own_roots.push_back(NewNode(0));
    }
    if (number < MatchTrie::kSharing) return {1, number};
    return {own_roots[number - MatchTrie::kSharing], 0};
  }

  uint32_t Literal(uint32_t parent, const std::string& text) {
    const auto number =
        texts.try_emplace(text, static_cast<uint32_t>(texts.size() + 1)).first->second;
    const auto [found, added] = literals.try_emplace(std::pair(parent, number), 0);
    if (added) {
      const uint32_t child = NewNode(parent);
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
    const auto [found, added] = special_children.try_emplace(std::pair(parent, number), 0);
    if (added) {
      found->second = NewNode(parent);
      nodes[parent].specials.push_back({.matcher = number, .child = found->second});
    }
    return found->second;
  }

  uint32_t Child(uint32_t parent, const SegmentPattern& pattern) {
    switch (pattern.kind) {
      case SegmentPattern::Kind::kLiteral:
        return Literal(parent, pattern.text);
      case SegmentPattern::Kind::kAny:
        if (nodes[parent].any == 0) {
          const uint32_t child = NewNode(parent);
          nodes[parent].any = child;
        }
        return nodes[parent].any;
      case SegmentPattern::Kind::kTail:
        if (nodes[parent].tail == 0) {
          const uint32_t child = NewNode(parent);
          nodes[parent].tail = child;
          nodes[child].is_tail = true;
        }
        return nodes[parent].tail;
      case SegmentPattern::Kind::kGlob:
      case SegmentPattern::Kind::kRegex:
        break;
    }
    return SpecialChild(parent, pattern);
  }
};

MatchTrieBuilder::MatchTrieBuilder() : state_(std::make_unique<State>()) {}
MatchTrieBuilder::~MatchTrieBuilder() = default;

void MatchTrieBuilder::Add(const EndpointModel& endpoint, const MatchEntry& entry) {
  if (endpoint.is_asterisk) {
    state_->asterisk.push_back({entry, 0});
    return;
  }
  auto [node, place] = state_->RootAndPlace(endpoint.host);
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
  state_->nodes[node].entries.push_back({entry, place});
  state_->nodes[node].hosts |= Hosts{1} << place;
}

// Lays out what a builder gathered.
class MatchTrieBuilder::Layout {
 public:
  explicit Layout(State& built) : built_(built), places_(built.nodes.size(), 0) {
    out_.entries.emplace_back();
    out_.specials.emplace_back();
    out_.nodes.emplace_back();
    out_.rares.emplace_back();
  }

  MatchTrie Make(bool fold_case) {
    for (const SegmentPattern& pattern : built_.kept_patterns) {
      out_.segment_matchers.push_back(pattern.kind == SegmentPattern::Kind::kGlob
                                          ? SegmentMatcher::Glob(pattern.parts)
                                          : SegmentMatcher::Regex(pattern.text, fold_case));
    }
    GatherHosts();
    LayOutNodes();
    LayOutLiterals();
    out_.asterisk_leaf = AddRuns(built_.asterisk, MatchTrie::kAnyHost);
    out_.max_frames = MaxFrames();
    out_.nodes.shrink_to_fit();
    out_.rares.shrink_to_fit();
    out_.entries.shrink_to_fit();
    out_.host_runs.shrink_to_fit();
    out_.specials.shrink_to_fit();
    out_.hosts = std::move(built_.hosts);
    out_.shared_root = places_[1];
    for (uint32_t root : built_.own_roots) out_.own_roots.push_back(places_[root]);
    return std::move(out_);
  }

 private:
  using BuildNode = State::BuildNode;
  using HostEntry = State::HostEntry;

  // So many entries take longer to look at one by one than by an index.
  static constexpr std::ptrdiff_t kIndexedFrom = 16;

  // A node's hosts are those of its entries and of all below it.
  void GatherHosts() {
    for (size_t i = built_.nodes.size() - 1; i > 0; --i) {
      built_.nodes[built_.nodes[i].parent].hosts |= built_.nodes[i].hosts;
    }
  }

  // Adds the entries of one pattern, host by host; returns where they begin. `hosts` are those for
  // which the node they stand at is entered.
  uint32_t AddRuns(std::vector<HostEntry>& entries, Hosts hosts) {
    if (entries.empty()) return 0;
    const auto first = static_cast<uint32_t>(out_.entries.size());
    std::stable_sort(entries.begin(), entries.end(),
                     [](const HostEntry& a, const HostEntry& b) { return a.host < b.host; });
    // They are for any host, or it is clear without looking which host they are for.
    if (entries.back().host == 0 || std::has_single_bit(hosts)) {
      AddRun(entries);
      return first;
    }
    out_.entries.push_back(
        {.rule = static_cast<uint32_t>(out_.host_runs.size()), .methods = MatchEntry::kByHost});
    for (auto from = entries.begin(); from != entries.end();) {
      const auto to = std::find_if(from, entries.end(),
                                   [&](const HostEntry& one) { return one.host != from->host; });
      out_.entries[first].roles |= Hosts{1} << from->host;
      out_.host_runs.push_back(static_cast<uint32_t>(out_.entries.size()));
      AddRun({from, to});
      from = to;
    }
    return first;
  }

  void AddRun(std::span<HostEntry> of_host) {
    std::vector<MatchEntry>& entries = run_;
    entries.clear();
    for (const HostEntry& one : of_host) entries.push_back(one.entry);
    const auto simple = std::stable_partition(
        entries.begin(), entries.end(), [](const MatchEntry& entry) { return entry.special(); });
    if (entries.end() - simple >= kIndexedFrom) {
      MatchEntry index;
      index.methods = MatchEntry::kIndexed;
      index.rule = static_cast<uint32_t>(out_.role_indices.size());
      index.endpoint = static_cast<uint32_t>(simple - entries.begin());
      out_.entries.push_back(index);
      out_.role_indices.emplace_back(std::span<const MatchEntry>(simple, entries.end()));
    }
    out_.entries.insert(out_.entries.end(), entries.begin(), entries.end());
    out_.entries.back().methods |= MatchEntry::kLast;
  }

  // Nodes that are not reached by a literal get a place in out_.nodes first, since records refer to
  // them.
  void LayOutNodes() {
    for (size_t i = 1; i < built_.nodes.size(); ++i) {
      if (built_.nodes[i].is_literal) continue;
      places_[i] = static_cast<uint32_t>(out_.nodes.size());
      out_.nodes.emplace_back();
    }
    for (uint32_t i = 1; i < built_.nodes.size(); ++i) {
      if (!built_.nodes[i].is_literal) out_.nodes[places_[i]] = Record(i);
    }
  }

  Node Record(uint32_t number) {
    BuildNode& from = built_.nodes[number];
    Node node;
    if (from.has_literals) node.id = Id(number);
    node.hosts = from.hosts;
    node.any = places_[from.any];
    if (!from.is_tail) node.leaf = AddRuns(from.entries, from.hosts);
    MatchTrie::Rare rare;
    if (from.tail != 0) {
      BuildNode& tail = built_.nodes[from.tail];
      node.all = AddRuns(tail.entries, from.hosts);
      if (tail.branches() != 0) rare.tail = places_[from.tail];
    }
    if (!from.specials.empty()) rare.special = AddSpecials(from.specials);
    if (rare.tail != 0 || rare.special != 0) {
      node.rare = static_cast<uint32_t>(out_.rares.size());
      out_.rares.push_back(rare);
    }
    return node;
  }

  uint32_t AddSpecials(std::vector<Special>& specials) {
    for (Special& special : specials) {
      special.hosts = built_.nodes[special.child].hosts;
      special.filter = out_.segment_matchers[special.matcher].filter();
      special.child = places_[special.child];
    }
    const auto first = static_cast<uint32_t>(out_.specials.size());
    Hosts all = 0;
    for (const Special& special : specials) all |= special.hosts;
    if (std::all_of(specials.begin(), specials.end(),
                    [&](const Special& special) { return special.hosts == all; })) {
      AddSpecialsOf(all, specials);
      return first;
    }
    out_.specials.push_back(
        {.hosts = all, .matcher = static_cast<uint32_t>(out_.host_runs.size())});
    for (; all != 0; all &= all - 1) {
      out_.host_runs.push_back(static_cast<uint32_t>(out_.specials.size()));
      AddSpecialsOf(all & (~all + 1), specials);
    }
    return first;
  }

  void AddSpecialsOf(Hosts hosts, const std::vector<Special>& specials) {
    std::copy_if(specials.begin(), specials.end(), std::back_inserter(out_.specials),
                 [&](const Special& special) { return (special.hosts & hosts) != 0; });
    out_.specials.emplace_back();
  }

  // Different for each, and spread over the table with each segment's hash.
  static uint32_t Id(uint32_t number) { return number * 0x9E3779B1u; }

  void LayOutLiterals() {
    MatchTrie::Table& table = out_.table;
    table.resize(std::bit_ceil(built_.literals.size() * 4 / 3 + 2));
    out_.table_mask = table.size() - 1;
    std::vector<std::string_view> texts(built_.texts.size() + 1);
    std::vector<uint32_t> rests(texts.size(), 0);
    for (const auto& [text, number] : built_.texts) {
      texts[number] = text;
      if (text.size() <= SegmentKey::kHead) continue;
      rests[number] = static_cast<uint32_t>(out_.text.size());
      out_.text.append(text, SegmentKey::kHead);
    }
    for (const auto& [edge, child] : built_.literals) {
      const SegmentKey key = SegmentKeyReader(texts[edge.second])(texts[edge.second]);
      size_t i = (key.hash ^ Id(edge.first)) & out_.table_mask;
      while (table[i].parent != 0) i = (i + 1) & out_.table_mask;
      Slot& slot = table[i];
      slot.low = key.low;
      slot.high = key.high;
      slot.parent = Id(edge.first);
      slot.size = key.size;
      slot.rest = rests[edge.second];
      slot.child = Record(child);
    }
  }

  // Those that can wait at once: on each way, all branches but the one that is followed.
  size_t MaxFrames() const {
    std::vector<size_t> below(built_.nodes.size(), 0);
    for (size_t i = built_.nodes.size() - 1; i > 0; --i) {
      size_t& above = below[built_.nodes[i].parent];
      above = std::max(above, below[i] + built_.nodes[i].branches() + 1);
    }
    return below[0] + 1;
  }

  State& built_;
  std::vector<uint32_t> places_;  // in out_.nodes, by number
  std::vector<MatchEntry> run_;   // that is being added
  MatchTrie out_;
};

MatchTrie MatchTrieBuilder::Build(bool fold_case) && { return Layout(*state_).Make(fold_case); }

}  // namespace doorward
