// SPDX-License-Identifier: Apache-2.0
//
// ES256 with tables against OpenSSL. The input's octets choose a key, and a signature that fits,
// one that was tampered with, or any two numbers.

#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "src/jose/es256_tables.h"
#include "tests/unit/jose/reference_signature.h"

namespace {

using namespace doorward;

const unsigned char* Octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

struct Key {
  Bn d;
  ReferenceEs256 reference;
  std::shared_ptr<const Es256Tables> tables;

  explicit Key(Bn secret) : d(std::move(secret)), reference(Encode(PointOf(d, nullptr, {}))) {
    const std::string point = Encode(PointOf(d, nullptr, {}));
    tables = Es256Tables::Make({Octets(point), point.size()}, nullptr);
  }
};

// Some whose multiples meet the base point's, and one of no such kind.
const std::vector<Key>& Keys() {
  static const std::vector<Key> keys = [] {
    std::vector<Key> made;
    made.emplace_back(Number(1));
    made.emplace_back(OppositeModN(Number(1)));
    made.emplace_back(InverseModN(Number(2)));
    made.emplace_back(Number(64));
    made.emplace_back(
        NumberFromHex("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721"));
    return made;
  }();
  return keys;
}

// Takes octets from the input's front; zeros where it has ended.
class Input {
 public:
  Input(const uint8_t* data, size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}

  std::string Take(size_t count) {
    std::string taken(rest_.substr(0, count));
    rest_.remove_prefix(taken.size());
    taken.resize(count);
    return taken;
  }
  uint8_t TakeOctet() { return static_cast<uint8_t>(Take(1)[0]); }
  // Modulo n; small where its first octet says so.
  Bn TakeScalar() {
    const size_t octets = TakeOctet() % 33;
    const std::string number = Take(octets);
    const Bn taken(BN_bin2bn(Octets(number), static_cast<int>(octets), nullptr));
    return SumModN(taken, Number(0));
  }

 private:
  std::string_view rest_;
};

// A signature by u1 and u2 that the input names; nothing where there is none.
std::string Made(Input& input, const Bn& d, std::string& digest) {
  const Bn u1 = input.TakeScalar(), u2 = input.TakeScalar();
  if (BN_is_zero(u2.get()) == 1) return "";
  const Bn k = SumModN(u1, ProductModN(u2, d));
  const Bn r = BN_is_zero(k.get()) == 1 ? Number(1)
                                        : SumModN(AbscissaOf(PointOf(k, nullptr, {})), Number(0));
  MadeSignature made = MakeSignature(u1, u2, r);
  digest = made.digest;
  return made.signature;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Input input(data, size);
  const Key& key = Keys()[input.TakeOctet() % Keys().size()];
  const uint8_t kind = input.TakeOctet();
  std::string digest, signature;
  if (kind % 4 != 0) signature = Made(input, key.d, digest);
  if (signature.empty()) {
    digest = input.Take(32);
    signature = input.Take(64);
  } else if (kind % 4 == 1) {
    char& octet = signature[input.TakeOctet() % signature.size()];
    octet = static_cast<char>(octet ^ input.TakeOctet());
  }
  if (key.tables->Verify(Octets(digest), Octets(signature)) !=
      key.reference.Verify(digest, signature)) {
    std::abort();
  }
  return 0;
}
