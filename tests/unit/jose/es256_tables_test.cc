// SPDX-License-Identifier: Apache-2.0
//
// ES256 with tables answers as OpenSSL does: on good and tampered signatures, and on those that a
// mistake in the arithmetic would show in.

#include "src/jose/es256_tables.h"

#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/jose/reference_signature.h"

namespace doorward {
namespace {

constexpr const char* kP = "FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF";

const unsigned char* Octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// A key as both see it.
class Key {
 public:
  explicit Key(const EcPoint& point)
      : reference_(Encode(point)), tables_(MakeTables(Encode(point))) {}

  // What both say; the test fails where they differ.
  bool Verify(std::string_view digest, std::string_view signature) const {
    const bool fits = tables_->Verify(Octets(digest), Octets(signature));
    EXPECT_EQ(fits, reference_.Verify(digest, signature));
    return fits;
  }
  bool Verify(const MadeSignature& made) const { return Verify(made.digest, made.signature); }

 private:
  // The first has a base table of its own, the others share it.
  static std::shared_ptr<const Es256Tables> MakeTables(const std::string& point) {
    static std::shared_ptr<const Es256Tables> first;
    auto tables = Es256Tables::Make({Octets(point), point.size()}, first.get());
    if (first == nullptr) first = tables;
    return tables;
  }

  ReferenceEs256 reference_;
  std::shared_ptr<const Es256Tables> tables_;
};

// (u1 + u2 d) G is what a signature of u1 and u2 is judged by.
MadeSignature SignatureBy(const Bn& private_key, const Bn& u1, const Bn& u2) {
  const Bn k = SumModN(u1, ProductModN(u2, private_key));
  if (BN_is_zero(k.get()) == 1) return MakeSignature(u1, u2, RandomScalar());
  const Bn r = SumModN(AbscissaOf(PointOf(k, nullptr, {})), Number(0));
  return MakeSignature(u1, u2, r);
}

TEST(Es256Tables, AgreeOnGoodAndTamperedSignatures) {
  std::mt19937_64 random(7);
  for (int k = 0; k < 8; ++k) {
    const Bn d = RandomScalar();
    const Key key(PointOf(d, nullptr, {})), other(PointOf(RandomScalar(), nullptr, {}));
    for (int i = 0; i < 500; ++i) {
      const MadeSignature good = SignatureBy(d, RandomScalar(), RandomScalar());
      ASSERT_TRUE(key.Verify(good));
      ASSERT_FALSE(other.Verify(good));
      MadeSignature bad = good;
      const uint64_t bit = random() % (8 * (32 + 64));
      char& octet = bit < 256 ? bad.digest[bit / 8] : bad.signature[bit / 8 - 32];
      octet = static_cast<char>(octet ^ 1 << bit % 8);
      ASSERT_FALSE(key.Verify(bad));
      const std::string swapped = good.signature.substr(32) + good.signature.substr(0, 32);
      ASSERT_FALSE(key.Verify(good.digest, swapped));
      // (r, -s) is a signature of the same digest: ECDSA has two.
      const Bn s(BN_bin2bn(Octets(good.signature) + 32, 32, nullptr));
      ASSERT_TRUE(key.Verify(good.digest, good.signature.substr(0, 32) + Encode(OppositeModN(s))));
    }
  }
}

TEST(Es256Tables, AgreeAtTheEndsOfTheRange) {
  const std::string p = Encode(NumberFromHex(kP)), n = Encode(OrderOfP256());
  std::string below_n = n, above_n = n;
  --below_n.back();
  ++above_n.back();
  const std::vector<std::pair<const char*, std::string>> numbers = {
      {"0", Encode(Number(0))},
      {"1", Encode(Number(1))},
      {"2", Encode(Number(2))},
      {"n - 1", below_n},
      {"n", n},
      {"n + 1", above_n},
      {"p", p},
      {"2^256 - 1", std::string(32, '\xFF')},
      {"random", Encode(RandomScalar())}};
  const Key key(PointOf(RandomScalar(), nullptr, {}));
  for (const auto& [digest_name, digest] : numbers) {
    for (const auto& [r_name, r] : numbers) {
      for (const auto& [s_name, s] : numbers) {
        SCOPED_TRACE(testing::Message()
                     << "digest " << digest_name << ", r " << r_name << ", s " << s_name);
        EXPECT_FALSE(key.Verify(digest, r + s));
      }
    }
  }
}

TEST(Es256Tables, ReduceTheDigestModuloTheOrder) {
  const Bn d = RandomScalar();
  const Key key(PointOf(d, nullptr, {}));
  for (const uint64_t e : std::initializer_list<uint64_t>{0, 1, 2, 1000}) {
    SCOPED_TRACE(e);
    // u1 = e / s for the digest e, which is e + n as well.
    const Bn k = RandomScalar();
    const Bn r = SumModN(AbscissaOf(PointOf(k, nullptr, {})), Number(0));
    const Bn s = ProductModN(InverseModN(k), SumModN(Number(e), ProductModN(r, d)));
    const std::string signature = Encode(r) + Encode(s);
    EXPECT_TRUE(key.Verify(Encode(Number(e)), signature));
    const Bn above(BN_new());
    ASSERT_EQ(BN_add(above.get(), OrderOfP256().get(), Number(e).get()), 1);
    EXPECT_TRUE(key.Verify(Encode(above), signature));
    EXPECT_FALSE(key.Verify(Encode(Number(e + 1)), signature));
  }
}

// The point R and random u1, u2 make the key: Q = (R - u1 G) / u2.
void ExpectAbscissaAccepted(const Bn& x) {
  const EcPoint point = PointWithAbscissa(x);
  if (point == nullptr) return;
  const Bn u1 = RandomScalar(), u2 = RandomScalar(), v = InverseModN(u2);
  const EcPoint q = PointOf(OppositeModN(ProductModN(u1, v)), point.get(), v);
  const Bn r = SumModN(x, Number(0));
  if (BN_is_zero(r.get()) == 1) return;
  const Key key(q);
  EXPECT_TRUE(key.Verify(MakeSignature(u1, u2, r)));
  EXPECT_FALSE(key.Verify(MakeSignature(u1, u2, SumModN(r, Number(1)))));
  const Bn above(BN_new());
  ASSERT_EQ(BN_add(above.get(), r.get(), OrderOfP256().get()), 1);
  if (BN_num_bits(above.get()) <= 256) {
    const MadeSignature good = MakeSignature(u1, u2, r);
    EXPECT_FALSE(key.Verify(good.digest, Encode(above) + good.signature.substr(32)));
  }
  // x + p - n, to which n is added to give x + p: no abscissa, though x modulo p is.
  const Bn other(BN_new());
  ASSERT_EQ(BN_sub(other.get(), NumberFromHex(kP).get(), OrderOfP256().get()), 1);
  ASSERT_EQ(BN_add(other.get(), other.get(), x.get()), 1);
  if (BN_cmp(other.get(), OrderOfP256().get()) < 0) {
    EXPECT_FALSE(key.Verify(MakeSignature(u1, u2, other)));
  }
}

TEST(Es256Tables, KnowThatAnAbscissaMayLieAboveTheOrder) {
  const Bn p = NumberFromHex(kP);
  int made = 0;
  for (uint64_t t = 0; t < 24; ++t) {
    SCOPED_TRACE(t);
    const Bn above_n = OrderOfP256(), below_n = OrderOfP256(), below_p = NumberFromHex(kP);
    ASSERT_EQ(BN_add_word(above_n.get(), t), 1);
    ASSERT_EQ(BN_sub_word(below_n.get(), t + 1), 1);
    ASSERT_EQ(BN_sub_word(below_p.get(), t + 1), 1);
    // p - n, from where r + n is no abscissa any more, and its neighbours.
    const Bn edge(BN_new());
    ASSERT_EQ(BN_sub(edge.get(), p.get(), OrderOfP256().get()), 1);
    ASSERT_EQ(t < 12 ? BN_add_word(edge.get(), t) : BN_sub_word(edge.get(), t - 11), 1);
    for (const Bn* const x : {&above_n, &below_n, &below_p, &edge}) {
      if (PointWithAbscissa(*x) != nullptr) ++made;
      ExpectAbscissaAccepted(*x);
    }
  }
  EXPECT_GT(made, 30);
}

// Where s is so small that s + n has 256 bits too, or r is, the other spelling is refused.
TEST(Es256Tables, RefuseNumbersThatAreRightOnlyModuloTheOrder) {
  for (const uint64_t small : std::initializer_list<uint64_t>{1, 2, 3, 1000}) {
    SCOPED_TRACE(small);
    const Bn k = RandomScalar(), e = RandomScalar(), s = Number(small), above = OrderOfP256();
    ASSERT_EQ(BN_add_word(above.get(), small), 1);
    const Bn r = SumModN(AbscissaOf(PointOf(k, nullptr, {})), Number(0));
    // s k = e + r d
    const Bn d = ProductModN(SumModN(ProductModN(s, k), OppositeModN(e)), InverseModN(r));
    const Key key(PointOf(d, nullptr, {}));
    EXPECT_TRUE(key.Verify(Encode(e), Encode(r) + Encode(s)));
    EXPECT_FALSE(key.Verify(Encode(e), Encode(r) + Encode(above)));
  }
}

// Scalars whose digits are all alike, at the ends of what a digit may be, and such as add the same
// multiple twice, or one and its opposite, when Q is a small multiple of G.
std::vector<Bn> UnlikelyScalars() {
  std::vector<Bn> scalars;
  for (const uint64_t small :
       std::initializer_list<uint64_t>{0, 1, 2, 3, 5, 63, 64, 65, 127, 128, 129, 8192}) {
    scalars.push_back(Number(small));
    scalars.push_back(OppositeModN(Number(small)));
  }
  for (const uint64_t digit : std::initializer_list<uint64_t>{1, 63, 64, 65, 127}) {
    Bn repeated = Number(digit);
    for (int i = 0; i < 36; ++i) {
      repeated = SumModN(ProductModN(repeated, Number(128)), Number(digit));
    }
    scalars.push_back(std::move(repeated));
  }
  scalars.push_back(InverseModN(Number(2)));
  scalars.push_back(RandomScalar());
  return scalars;
}

TEST(Es256Tables, AddEqualAndOppositePoints) {
  std::vector<Bn> private_keys;
  for (const uint64_t small : std::initializer_list<uint64_t>{1, 2, 64, 128}) {
    private_keys.push_back(Number(small));
    private_keys.push_back(OppositeModN(Number(small)));
    private_keys.push_back(InverseModN(Number(small)));
  }
  private_keys.push_back(RandomScalar());
  const std::vector<Bn> scalars = UnlikelyScalars();
  int infinities = 0;
  for (const Bn& d : private_keys) {
    const Key key(PointOf(d, nullptr, {}));
    for (const Bn& u1 : scalars) {
      for (const Bn& u2 : scalars) {
        if (BN_is_zero(u2.get()) == 1) continue;
        const bool is_infinity = BN_is_zero(SumModN(u1, ProductModN(u2, d)).get()) == 1;
        infinities += is_infinity ? 1 : 0;
        ASSERT_EQ(key.Verify(SignatureBy(d, u1, u2)), !is_infinity)
            << Encode(d) << Encode(u1) << Encode(u2);
      }
    }
    // The key's own product meets the base point's: u1 = u2 d and u1 = -u2 d.
    for (const Bn& u2 : scalars) {
      if (BN_is_zero(u2.get()) == 1) continue;
      const Bn same = ProductModN(u2, d);
      ASSERT_TRUE(key.Verify(SignatureBy(d, same, u2)));
      ASSERT_FALSE(key.Verify(SignatureBy(d, OppositeModN(same), u2)));
    }
  }
  EXPECT_GT(infinities, 20);
}

}  // namespace
}  // namespace doorward
