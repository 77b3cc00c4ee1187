// SPDX-License-Identifier: Apache-2.0

#include "src/http/decoded_path.h"

#include <algorithm>
#include <array>

#include "src/base/utf8.h"
#include "src/http/code_point.h"
#include "src/http/octet.h"

namespace doorward::http {
namespace {

constexpr size_t kEscapeSize = 3;  // %XX

// The octet that the `%XX` at the beginning of `text` stands for, or -1.
int EncodedOctet(std::string_view text) {
  if (text.size() < kEscapeSize || text[0] != '%') return -1;
  const int high = HexValue(text[1]);
  const int low = HexValue(text[2]);
  return high < 0 || low < 0 ? -1 : high << 4 | low;
}

// Writes both readings of a path while it is read once. INVARIANT: nothing written is longer than
// what was read for it, so that the buffers suffice for any target.
class Decoder {
 public:
  Decoder(const RequestRules& rules, PathBuffer& encoded, PathBuffer& decoded)
      : rules_(rules), encoded_(encoded), decoded_(decoded) {}

  Fault Read(std::string_view path) {
    for (size_t at = 0; at < path.size();) {
      size_t taken = 1;
      const char* fault = nullptr;
      if (Is(kLiteral, path[at])) {
        taken = ReadLiterals(path.substr(at));
      } else if (path[at] == '%') {
        fault = ReadEncoded(path.substr(at), &taken);
      } else {
        fault = ReadDelimiter(path[at]);
      }
      if (fault != nullptr) return {fault, at, std::min(taken, path.size() - at)};
      at += taken;
    }
    return {};
  }

  DecodedPath result() const {
    return {{encoded_.data(), encoded_size_}, {decoded_.data(), decoded_size_}};
  }

 private:
  // Reads the octets that stand for themselves, and returns how many.
  size_t ReadLiterals(std::string_view text) {
    const bool folds = rules_.backend == RequestRules::Backend::kWindows;
    char* const encoded = encoded_.data() + encoded_size_;
    char* const decoded = decoded_.data() + decoded_size_;
    size_t size = 0;
    for (; size < text.size() && Is(kLiteral, text[size]); ++size) {
      const char c = folds ? AsciiLower(text[size]) : text[size];
      encoded[size] = c;
      decoded[size] = c;
    }
    encoded_size_ += size;
    decoded_size_ += size;
    return size;
  }

  const char* ReadDelimiter(char c) {
    if (c == '/') {
      PutSlash();
    } else if (c != ';') {
      return "a path may not hold this octet unencoded";
    } else if (rules_.semicolon == RequestRules::Semicolon::kReject) {
      return "a path may not hold `;`";
    } else {
      Put(c);
    }
    return nullptr;
  }

  // Reads the escape, or for a character of several octets the escapes, that `text` begins with.
  const char* ReadEncoded(std::string_view text, size_t* taken) {
    *taken = kEscapeSize;
    const int octet = EncodedOctet(text);
    if (octet < 0) return "`%` is followed by two hexadecimal digits";
    if (octet >= 0x80) return ReadEncodedCharacter(text, taken);
    const auto c = static_cast<char>(octet);
    if (IsControl(c)) return "a path may not hold an encoded control character";
    if (c == '/' && rules_.encoded_slash == RequestRules::EncodedSlash::kKeep) {
      PutKeptSlash();
    } else if (std::string_view("/\\%?#;").find(c) != std::string_view::npos) {
      return "a path may not hold an encoded delimiter";
    } else if (Is(kLiteral, c)) {
      ReadLiterals({&c, 1});
    } else {
      PutEncoded(c);
    }
    return nullptr;
  }

  const char* ReadEncodedCharacter(std::string_view text, size_t* taken) {
    std::array<char, 4> octets;
    size_t size = 0;
    while (size < octets.size()) {
      const int octet = EncodedOctet(text.substr(std::min(size * kEscapeSize, text.size())));
      if (octet < 0x80) break;
      octets[size++] = static_cast<char>(octet);
    }
    const CodePoint found = DecodeUtf8({octets.data(), size});
    if (found.length == 0) return "encoded octets of a path are UTF-8 in its shortest form";
    *taken = found.length * kEscapeSize;
    if (IsRefusedCodePoint(found.value)) {
      return "a path may not hold this control, look-alike or compatibility character";
    }
    for (size_t i = 0; i < found.length; ++i) PutEncoded(octets[i]);
    return nullptr;
  }

  void PutSlash() {
    const bool merges = rules_.empty_segments == RequestRules::EmptySegments::kMerge;
    if (merges && encoded_size_ > 0 && encoded_[encoded_size_ - 1] == '/') return;
    Put('/');
  }

  void PutKeptSlash() {
    for (const char c : std::string_view("%2F")) Put(c);
  }

  void Put(char c) {
    encoded_[encoded_size_++] = c;
    decoded_[decoded_size_++] = c;
  }

  void PutEncoded(char c) {
    encoded_[encoded_size_++] = '%';
    encoded_[encoded_size_++] = kUpperHex[Octet(c) >> 4];
    encoded_[encoded_size_++] = kUpperHex[Octet(c) & 15];
    decoded_[decoded_size_++] = c;
  }

  const RequestRules& rules_;
  PathBuffer& encoded_;
  PathBuffer& decoded_;
  size_t encoded_size_ = 0;
  size_t decoded_size_ = 0;
};

}  // namespace

Fault DecodePath(std::string_view path, const RequestRules& rules, PathBuffer& encoded,
                 PathBuffer& decoded, DecodedPath* out) noexcept {
  Decoder decoder(rules, encoded, decoded);
  const Fault fault = decoder.Read(path);
  *out = decoder.result();
  return fault;
}

}  // namespace doorward::http
