// SPDX-License-Identifier: Apache-2.0

#include "doorward/key_set.h"

#include <algorithm>
#include <map>
#include <tuple>

#include <openssl/crypto.h>

#include "src/base/source.h"
#include "src/claims/json.h"
#include "src/jose/jwk.h"
#include "src/jose/key_preparation.h"
#include "src/jose/key_set_data.h"

namespace doorward {
namespace {

constexpr size_t kMaxBytes = 16 * 1024 * 1024;
constexpr size_t kMaxDepth = 32;

// Reads a JWK Set and reports on each key of it.
class KeySetReader {
 public:
  KeySetReader(std::string_view text, DiagnosticList& diagnostics)
      : size_(text.size()), diagnostics_(diagnostics) {
    text_.reserve(size_ + JsonParser::kPadding);
    text_.assign(text).append(JsonParser::kPadding, '\0');
  }
  ~KeySetReader() { OPENSSL_cleanse(text_.data(), text_.size()); }
  KeySetReader(const KeySetReader&) = delete;
  KeySetReader& operator=(const KeySetReader&) = delete;

  // Returns null where the text is no key set.
  std::unique_ptr<KeySetData> Read(KeyOrigin origin) {
    const JsonView keys = FindKeys();
    if (!keys.exists()) return nullptr;
    list_ = SpanOf(keys);
    size_t index = 0;
    for (const JsonView element : keys.elements()) ReadKey(element, index++, origin);
    SetAmbiguousAside();
    std::vector<KeySetEntry> entries;
    for (const Candidate& c : candidates_) {
      if (c.is_ambiguous || c.jwk.built.key == nullptr) continue;
      entries.push_back({c.jwk.has_kid, std::string(c.jwk.kid), c.jwk.built.algorithms,
                         c.jwk.built.key, std::string(c.at.Find("issuer").string_or(""))});
    }
    if (entries.empty()) {
      diagnostics_.Warning(list_, "no_usable_key", "no key of this set can be used");
    }
    return std::make_unique<KeySetData>(std::move(entries));
  }

 private:
  struct Candidate {
    JsonView at;
    size_t index;
    Jwk jwk;
    bool is_ambiguous = false;
  };

  // Returns the array of keys.
  JsonView FindKeys() {
    const JsonError error = parser_.Parse(std::string_view(text_).substr(0, size_), kMaxDepth);
    if (error == JsonError::kSyntax) {
      const auto offset = static_cast<uint32_t>(parser_.error_offset());
      diagnostics_.Error({offset, 0}, "json_syntax", "the key set is not strict JSON",
                         {"UTF-8, one value, at most 32 levels", ""});
      return JsonView();
    }
    if (error == JsonError::kDuplicateMember) {
      diagnostics_.WholeTextError("duplicate_member", "an object of the key set repeats a name");
      return JsonView();
    }
    const JsonView keys = parser_.root().Find("keys");
    if (keys.is_array()) return keys;
    diagnostics_.WholeTextError("key_set_shape", "the text is no JWK Set",
                                {"an object with a list `keys`", ""});
    return JsonView();
  }

  void ReadKey(JsonView element, size_t index, KeyOrigin origin) {
    KeyRefusal refusal;
    Jwk jwk = ReadJwk(element, origin, refusal);
    if (jwk.built.key == nullptr) {
      diagnostics_.Warning(SpanOf(element, refusal.member), refusal.code,
                           Name(element, index) + " is set aside: " + refusal.message,
                           {std::move(refusal.expected), ""});
    } else if (jwk.is_private) {
      diagnostics_.Warning(SpanOf(element), "private_key",
                           Name(element, index) + " is a private key; its public part is used",
                           {"", "publish public keys only, and replace this one"});
    }
    if (jwk.is_meant_for_verifying) candidates_.push_back({element, index, std::move(jwk)});
  }

  // A token's kid must not leave open which of two keys it means, be one of them broken. Keys
  // without a kid are never meant by name, and each of them is tried.
  void SetAmbiguousAside() {
    using Identity = std::tuple<std::string_view, std::string_view, std::string_view,
                                std::string_view, std::string_view>;
    std::map<Identity, std::vector<Candidate*>> groups;
    for (Candidate& c : candidates_) {
      const Jwk& j = c.jwk;
      if (j.has_kid) groups[{j.kid, j.kty, j.crv, j.use, j.alg}].push_back(&c);
    }
    for (const auto& [identity, group] : groups) {
      if (group.size() < 2) continue;
      for (Candidate* c : group) {
        if (c->jwk.built.key == nullptr) continue;  // set aside already
        c->is_ambiguous = true;
        diagnostics_.Warning(SpanOf(c->at, "kid"), "key_ambiguous",
                             Name(c->at, c->index) +
                                 " is set aside: another key has the same kid, kty, crv, use and "
                                 "alg",
                             {"", "give each key a kid of its own"});
      }
    }
  }

  static std::string Name(JsonView element, size_t index) {
    std::string name = "`keys[" + std::to_string(index) + "]`";
    const JsonView kid = element.Find("kid");
    if (kid.is_string()) name += " (kid " + Quote(kid.string_or("")) + ")";
    return name;
  }

  // The place of `at` in the text, if it has one: an unescaped string's text, a container's
  // bracket.
  bool Locate(const char* at, size_t length, Span& span) const {
    if (at < text_.data() || at >= text_.data() + size_) return false;
    span = {static_cast<uint32_t>(at - text_.data()), static_cast<uint32_t>(length)};
    return true;
  }

  // Scalars other than strings have no place of their own: the list's stands in.
  Span SpanOf(JsonView value) const {
    Span span = list_;
    if (value.is_string()) {
      Locate(value.string_or("").data(), value.string_or("").size(), span);
    } else if (value.is_object() || value.is_array()) {
      Locate(value.node()->text, 1, span);
    }
    return span;
  }

  // The member at fault, or else the key's bracket. Of secrets only the name is shown.
  Span SpanOf(JsonView element, std::string_view member) const {
    Span span = SpanOf(element);
    const JsonView value = element.Find(member);
    if (!value.exists()) return span;
    Locate(value.name().data(), value.name().size(), span);
    if (member != "k" && value.is_string()) {
      Locate(value.string_or("").data(), value.string_or("").size(), span);
    }
    return span;
  }

  std::string text_;  // with padding
  size_t size_;
  DiagnosticList& diagnostics_;
  JsonParser parser_;
  Span list_;  // of `keys`
  std::vector<Candidate> candidates_;
};

// Orders by kid, those without one first.
struct KidOrder {
  const std::vector<KeySetEntry>& keys;
  bool operator()(uint32_t a, uint32_t b) const {
    return std::tie(keys[a].has_kid, keys[a].kid) < std::tie(keys[b].has_kid, keys[b].kid);
  }
};

}  // namespace

KeySetData::KeySetData(std::vector<KeySetEntry> entries) : keys(std::move(entries)) {
  for (uint32_t i = 0; i < keys.size(); ++i) {
    by_kid_.push_back(i);
    if (!keys[i].has_kid) ++without_kid_;
  }
  std::stable_sort(by_kid_.begin(), by_kid_.end(), KidOrder{keys});
}

std::span<const uint32_t> KeySetData::WithKid(std::string_view kid) const noexcept {
  const std::span<const uint32_t> named = std::span(by_kid_).subspan(without_kid_);
  const auto before = [this](uint32_t index, std::string_view k) { return keys[index].kid < k; };
  const auto after = [this](std::string_view k, uint32_t index) { return k < keys[index].kid; };
  const auto first = std::lower_bound(named.begin(), named.end(), kid, before);
  return {first, std::upper_bound(first, named.end(), kid, after)};
}

std::span<const uint32_t> KeySetData::WithoutKid() const noexcept {
  return std::span(by_kid_).first(without_kid_);
}

KeySetOutcome KeySet::Parse(std::string_view jwks, const KeySetOptions& options) {
  const ErrorQueueGuard guard;
  const SourceText source(options.name, jwks);
  DiagnosticList diagnostics(source);
  KeySetOutcome outcome;
  if (jwks.size() > kMaxBytes) {
    diagnostics.WholeTextError("too_large", "the key set is longer than 16 MiB");
  } else if (auto data = KeySetReader(jwks, diagnostics).Read(options.origin)) {
    outcome.keys = std::make_shared<const KeySet>(std::move(data));
  }
  outcome.diagnostics = diagnostics.Take();
  return outcome;
}

KeySet::KeySet(std::unique_ptr<const KeySetData> data) : data_(std::move(data)) {}
KeySet::~KeySet() = default;

size_t KeySet::size() const noexcept { return data_->keys.size(); }

std::string_view KeySet::key_id(size_t index) const noexcept {
  return index < size() ? std::string_view(data_->keys[index].kid) : std::string_view();
}

KeyPreparation KeySet::Prepare(const Acceleration& acceleration) const {
  return PrepareKeySets({this}, acceleration);
}

void KeySet::KeepPreparation(const KeySet& former) const {
  doorward::KeepPreparation({&former}, {this});
}

AlgorithmSet KeySet::algorithms(size_t index) const noexcept {
  return index < size() ? data_->keys[index].algorithms : AlgorithmSet();
}

}  // namespace doorward
