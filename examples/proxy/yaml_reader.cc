// SPDX-License-Identifier: Apache-2.0

#include "yaml_reader.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>

namespace proxy {
namespace {

constexpr size_t kMaxTextBytes = 1 << 20;
constexpr size_t kMaxQuotedBytes = 80;

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

// How many insertions, removals and replacements lead from `a` to `b`.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i + 1);
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({diagonal + 1, row[j] + 1, replaced});
    }
  }
  return row.back();
}

std::string UnknownMember(const std::string& name, const std::vector<Member>& known) {
  std::string message = "unknown member " + Quoted(name);
  if (name.size() > kMaxQuotedBytes) return message;
  const auto near =
      std::min_element(known.begin(), known.end(), [&](const Member& a, const Member& b) {
        return EditDistance(name, a.name) < EditDistance(name, b.name);
      });
  if (EditDistance(name, near->name) <= 2) {
    return message + "; did you mean " + Quoted(near->name) + "?";
  }
  message += "; there are";
  for (const Member& member : known) message += " " + Quoted(member.name);
  return message;
}

std::optional<uint64_t> ParseQuantity(std::string_view text, std::span<const Unit> units) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  const std::string_view name = text.substr(static_cast<size_t>(end - text.data()));
  const auto unit =
      std::find_if(units.begin(), units.end(), [&](const Unit& u) { return u.name == name; });
  if (unit == units.end() || number > UINT64_MAX / unit->factor) return std::nullopt;
  return number * unit->factor;
}

std::string QuantityText(uint64_t value, std::span<const Unit> units) {
  const auto divides = [&](const Unit& u) { return value % u.factor == 0 && value >= u.factor; };
  const auto unit = std::find_if(units.begin(), units.end() - 1, divides);
  return std::to_string(value / unit->factor) + std::string(unit->name);
}

std::string_view KindOf(const YAML::Node& node) {
  if (node.IsMap()) return "a mapping";
  if (node.IsSequence()) return "a list";
  return node.IsScalar() ? "text" : "nothing";
}

}  // namespace

std::string Quoted(std::string_view text) {
  std::string out = "`";
  for (const char c : text.substr(0, kMaxQuotedBytes)) out += IsControl(c) ? '?' : c;
  out += text.size() > kMaxQuotedBytes ? "...`" : "`";
  return out;
}

void YamlReader::Read(const std::string& text, const NodeReader& read) {
  if (text.size() > kMaxTextBytes) return Error({}, "the file is larger than 1 MiB");
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(text);
    if (documents.size() > 1) return Error(documents[1].Mark(), "a second document begins here");
    read(documents.empty() ? YAML::Node() : documents[0]);
  } catch (const YAML::Exception& e) {
    Error(e.mark, "no YAML: " + e.msg);
  }
}

void YamlReader::ForEachMember(
    const YAML::Node& node,
    const std::function<void(const YAML::Node& key, const YAML::Node& value)>& read) {
  if (!node.IsMap()) {
    return Error(node.Mark(), "expected a mapping, found " + std::string(KindOf(node)));
  }
  std::set<std::string> seen;
  for (const auto& member : node) {
    const YAML::Node& key = member.first;
    if (!key.IsScalar()) {
      Error(key.Mark(), "expected a name, found " + std::string(KindOf(key)));
    } else if (!seen.insert(key.Scalar()).second) {
      Error(key.Mark(), "a second " + Quoted(key.Scalar()));
    } else {
      read(key, member.second);
    }
  }
}

NodeReader YamlReader::Mapping(std::vector<Member> members) {
  return [this, members = std::move(members)](const YAML::Node& node) {
    std::set<std::string_view> missing;
    for (const Member& m : members) {
      if (m.presence == kRequired) missing.insert(m.name);
    }
    ForEachMember(node, [&](const YAML::Node& key, const YAML::Node& value) {
      const auto known = std::find_if(members.begin(), members.end(),
                                      [&](const Member& m) { return m.name == key.Scalar(); });
      if (known == members.end()) return Error(key.Mark(), UnknownMember(key.Scalar(), members));
      missing.erase(known->name);
      if (value.IsNull()) return Error(key.Mark(), Quoted(known->name) + " has no value");
      known->read(value);
    });
    if (!node.IsMap()) return;
    for (const std::string_view name : missing) Error(node.Mark(), Quoted(name) + " is missing");
  };
}

NodeReader YamlReader::Pairs(std::function<void(const std::string&, const YAML::Node&)> read) {
  return [this, read = std::move(read)](const YAML::Node& node) {
    ForEachMember(
        node, [&](const YAML::Node& key, const YAML::Node& value) { read(key.Scalar(), value); });
  };
}

NodeReader YamlReader::List(NodeReader read) {
  return [this, read = std::move(read)](const YAML::Node& node) {
    if (!node.IsSequence()) {
      return Error(node.Mark(), "expected a list, found " + std::string(KindOf(node)));
    }
    if (node.size() == 0) Error(node.Mark(), "the list is empty");
    for (const YAML::Node& element : node) read(element);
  };
}

NodeReader YamlReader::Scalar(std::function<std::optional<std::string>(const std::string&)> store) {
  return [this, store = std::move(store)](const YAML::Node& node) {
    if (!node.IsScalar()) {
      return Error(node.Mark(), "expected text or a number, found " + std::string(KindOf(node)));
    }
    const std::string& text = node.Scalar();
    if (text.empty()) return Error(node.Mark(), "the text is empty");
    if (std::any_of(text.begin(), text.end(), IsControl)) {
      return Error(node.Mark(), "the text " + Quoted(text) + " has a control character");
    }
    if (const auto wrong = store(text)) {
      Error(node.Mark(), *wrong + ", found " + Quoted(text));
    }
  };
}

NodeReader YamlReader::String(std::string& target) {
  return Scalar([&target](const std::string& text) {
    target = text;
    return std::nullopt;
  });
}

NodeReader YamlReader::Duration(std::chrono::milliseconds& target, std::chrono::milliseconds min,
                                std::chrono::milliseconds max) {
  return InUnits(kDuration, static_cast<uint64_t>(min.count()), static_cast<uint64_t>(max.count()),
                 [&target](uint64_t v) { target = std::chrono::milliseconds(v); });
}

NodeReader YamlReader::InUnits(const Quantity& quantity, uint64_t min, uint64_t max,
                               std::function<void(uint64_t)> store) {
  return Scalar([=, store = std::move(store)](const std::string& text) {
    const std::optional<uint64_t> value = ParseQuantity(text, quantity.units);
    if (value && *value >= min && *value <= max) {
      store(*value);
      return std::optional<std::string>();
    }
    return std::optional("expected " + std::string(quantity.description) + ", from " +
                         QuantityText(min, quantity.units) + " to " +
                         QuantityText(max, quantity.units));
  });
}

void YamlReader::Error(const YAML::Mark& place, const std::string& message) {
  findings_.push_back({std::max(place.line, 0) + 1, std::max(place.column, 0) + 1, message});
}

std::vector<std::string> YamlReader::Errors() const {
  std::vector<Finding> sorted = findings_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Finding& a, const Finding& b) {
    return std::tie(a.line, a.column) < std::tie(b.line, b.column);
  });
  std::vector<std::string> out;
  for (const Finding& f : sorted) {
    out.push_back(name_ + ":" + std::to_string(f.line) + ":" + std::to_string(f.column) +
                  ": error: " + f.message);
  }
  return out;
}

}  // namespace proxy
