// SPDX-License-Identifier: Apache-2.0
//
// Where generators take their choices from: a seed, the same choices on every machine, or the
// octets of a fuzzer, one for each choice, and nothing but first choices after the last of them.

#ifndef DOORWARD_TESTS_DIFFERENTIAL_CHOICES_H_
#define DOORWARD_TESTS_DIFFERENTIAL_CHOICES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <vector>

namespace doorward::reference {

class Choices {
 public:
  explicit Choices(uint32_t seed) : random_(std::mt19937(seed)) {}
  explicit Choices(std::span<const uint8_t> octets) : octets_(octets) {}

  // A number below `count`, which is at most 256 where octets choose.
  size_t Below(size_t count) {
    if (random_) return (*random_)() % count;
    if (octets_.empty()) return 0;
    const size_t octet = octets_.front();
    octets_ = octets_.subspan(1);
    return octet % count;
  }
  bool OneIn(size_t count) { return Below(count) == count - 1; }

  template <class T>
  const T& Of(const std::vector<T>& from) {
    return from[Below(from.size())];
  }
  // One to `count` of `from`, in their order, each once.
  template <class T>
  std::vector<T> SomeOf(const std::vector<T>& from, size_t count) {
    std::vector<T> out;
    size_t wanted = 1 + Below(count);
    for (size_t i = Below(from.size()); i < from.size() && wanted > 0; i += 1 + Below(3), --wanted)
      out.push_back(from[i]);
    return out;
  }
  template <class T>
  void Shuffle(std::vector<T>& items) {
    for (size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[Below(i)]);
  }

  // False once the octets are used up.
  bool any_left() const { return random_ || !octets_.empty(); }

 private:
  std::optional<std::mt19937> random_;
  std::span<const uint8_t> octets_;
};

}  // namespace doorward::reference

#endif  // DOORWARD_TESTS_DIFFERENTIAL_CHOICES_H_
