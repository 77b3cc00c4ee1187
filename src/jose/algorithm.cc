// SPDX-License-Identifier: Apache-2.0

#include "src/jose/algorithm.h"

#include <algorithm>
#include <array>

namespace doorward {
namespace {

constexpr std::array<AlgorithmInfo, kAlgorithmCount> kAlgorithms{{
    {Algorithm::kRS256, "RS256", Scheme::kRsaPkcs1, Hash::kSha256},
    {Algorithm::kRS384, "RS384", Scheme::kRsaPkcs1, Hash::kSha384},
    {Algorithm::kRS512, "RS512", Scheme::kRsaPkcs1, Hash::kSha512},
    {Algorithm::kPS256, "PS256", Scheme::kRsaPss, Hash::kSha256},
    {Algorithm::kPS384, "PS384", Scheme::kRsaPss, Hash::kSha384},
    {Algorithm::kPS512, "PS512", Scheme::kRsaPss, Hash::kSha512},
    {Algorithm::kES256, "ES256", Scheme::kEcdsa, Hash::kSha256},
    {Algorithm::kES384, "ES384", Scheme::kEcdsa, Hash::kSha384},
    {Algorithm::kES512, "ES512", Scheme::kEcdsa, Hash::kSha512},
    {Algorithm::kEdDSA, "EdDSA", Scheme::kEddsa, Hash::kSha512},
    {Algorithm::kHS256, "HS256", Scheme::kHmac, Hash::kSha256},
    {Algorithm::kHS384, "HS384", Scheme::kHmac, Hash::kSha384},
    {Algorithm::kHS512, "HS512", Scheme::kHmac, Hash::kSha512},
}};

constexpr bool InEnumOrder() {
  for (size_t i = 0; i < kAlgorithmCount; ++i) {
    if (static_cast<size_t>(kAlgorithms[i].algorithm) != i) return false;
  }
  return true;
}
static_assert(InEnumOrder());
static_assert(std::all_of(kAlgorithms.begin(), kAlgorithms.end(),
                          [](const AlgorithmInfo& info) { return info.name.size() == 5; }));

// Names of five octets, as all are, compare as numbers.
constexpr size_t kNameSize = 5;

constexpr uint64_t Pack(std::string_view name) {
  uint64_t packed = 0;
  for (size_t i = 0; i < kNameSize; ++i) packed = packed << 8 | static_cast<unsigned char>(name[i]);
  return packed;
}

constexpr std::array<uint64_t, kAlgorithmCount> kPackedNames = [] {
  std::array<uint64_t, kAlgorithmCount> packed{};
  for (size_t i = 0; i < kAlgorithmCount; ++i) packed[i] = Pack(kAlgorithms[i].name);
  return packed;
}();

constexpr const AlgorithmInfo* FindInfo(std::string_view name) {
  if (name.size() != kNameSize) return nullptr;
  const uint64_t packed = Pack(name);
  for (size_t i = 0; i < kAlgorithmCount; ++i) {
    if (kPackedNames[i] == packed) return &kAlgorithms[i];
  }
  return nullptr;
}
static_assert(FindInfo("none") == nullptr);

}  // namespace

const char* HashName(Hash hash) noexcept {
  constexpr std::array<const char*, kHashCount> kNames{"SHA2-256", "SHA2-384", "SHA2-512"};
  return kNames[static_cast<size_t>(hash)];
}

const AlgorithmInfo& InfoOf(Algorithm algorithm) noexcept {
  return kAlgorithms[static_cast<size_t>(algorithm)];
}

std::string_view AlgorithmName(Algorithm algorithm) noexcept {
  return static_cast<size_t>(algorithm) < kAlgorithmCount ? InfoOf(algorithm).name
                                                          : std::string_view();
}

std::optional<Algorithm> FindAlgorithm(std::string_view name) noexcept {
  const AlgorithmInfo* const info = FindInfo(name);
  return info == nullptr ? std::nullopt : std::optional(info->algorithm);
}

}  // namespace doorward
