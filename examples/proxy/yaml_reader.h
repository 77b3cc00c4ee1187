// SPDX-License-Identifier: Apache-2.0
//
// Strict reading of a YAML document into plain values. What may stand somewhere is said by nesting
// readers; all that is wrong is collected, with its place.
//
//   YamlReader reader("proxy.yaml");
//   reader.Read(text, reader.Mapping({{"threads", reader.Number(threads, 1, 256)},
//                                     {"policy", reader.String(policy), kRequired}}));
//   for (const std::string& e : reader.Errors()) std::cerr << e << "\n";

#ifndef PROXY_YAML_READER_H_
#define PROXY_YAML_READER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <yaml-cpp/yaml.h>

namespace proxy {

// Reads a node into where it belongs. What is wrong is told to the YamlReader that made it.
using NodeReader = std::function<void(const YAML::Node&)>;

enum class Presence : uint8_t { kOptional, kRequired };
inline constexpr Presence kRequired = Presence::kRequired;

struct Member {
  std::string_view name;
  NodeReader read;
  Presence presence = Presence::kOptional;
};

// A number with a unit, such as "500ms".
struct Unit {
  std::string_view name;
  uint64_t factor = 1;
};
struct Quantity {
  std::string_view description;  // "a duration such as `10s`"
  std::span<const Unit> units;   // the largest first, as they are to be printed
};

class YamlReader {
 public:
  // `name` stands before each error.
  explicit YamlReader(std::string name) : name_(std::move(name)) {}
  // The readers that it makes refer to it.
  YamlReader(const YamlReader&) = delete;
  YamlReader& operator=(const YamlReader&) = delete;

  void Read(const std::string& text, const NodeReader& read);

  // A mapping with these members, each at most once, and no others.
  NodeReader Mapping(std::vector<Member> members);
  // A mapping with keys of the author's choice, each once.
  NodeReader Pairs(std::function<void(const std::string& name, const YAML::Node& value)> read);
  // A list of at least one.
  NodeReader List(NodeReader read);
  // Text that is neither empty nor has control characters, as `store` makes something of it; it
  // returns what is wrong: "expected an address".
  NodeReader Scalar(std::function<std::optional<std::string>(const std::string& text)> store);
  NodeReader String(std::string& target);
  NodeReader Number(auto& target, uint64_t min, uint64_t max);
  NodeReader Size(auto& target, uint64_t min, uint64_t max);  // in bytes
  NodeReader Duration(std::chrono::milliseconds& target, std::chrono::milliseconds min,
                      std::chrono::milliseconds max);

  void Error(const YAML::Mark& place, const std::string& message);
  // All of them, in the order of the text: "proxy.yaml:3:5: error: ...".
  std::vector<std::string> Errors() const;

 private:
  NodeReader InUnits(const Quantity& quantity, uint64_t min, uint64_t max,
                     std::function<void(uint64_t)> store);
  // Calls `read` for each member of `node`; reports what is no mapping, no name or a duplicate.
  void ForEachMember(
      const YAML::Node& node,
      const std::function<void(const YAML::Node& key, const YAML::Node& value)>& read);

  struct Finding {
    int line, column;  // from 1
    std::string message;
  };
  std::string name_;
  std::vector<Finding> findings_;
};

inline constexpr Unit kPlainUnits[] = {{"", 1}};
inline constexpr Unit kSizeUnits[] = {
    {"GiB", 1ull << 30}, {"MiB", 1ull << 20}, {"KiB", 1ull << 10}, {"", 1}};
inline constexpr Unit kDurationUnits[] = {{"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}};
inline constexpr Quantity kNumber{"a whole number", kPlainUnits};
inline constexpr Quantity kSize{"a size such as `32KiB`", kSizeUnits};
inline constexpr Quantity kDuration{"a duration such as `10s` or `500ms`", kDurationUnits};

NodeReader YamlReader::Number(auto& target, uint64_t min, uint64_t max) {
  using Target = std::remove_reference_t<decltype(target)>;
  return InUnits(kNumber, min, max, [&target](uint64_t v) { target = static_cast<Target>(v); });
}

NodeReader YamlReader::Size(auto& target, uint64_t min, uint64_t max) {
  return InUnits(kSize, min, max, [&target](uint64_t v) { target = v; });
}

// Returns `text` in backticks, fit for a line.
std::string Quoted(std::string_view text);

}  // namespace proxy

#endif  // PROXY_YAML_READER_H_
