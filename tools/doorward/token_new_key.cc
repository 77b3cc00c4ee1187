// SPDX-License-Identifier: Apache-2.0
//
// `doorward token new-key`: makes a key that development tokens are signed with.

#include <charconv>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "doorward/key_set.h"

#include "tools/doorward/command_line.h"
#include "tools/doorward/commands.h"
#include "tools/doorward/files.h"
#include "tools/doorward/streams.h"
#include "tools/signing/signing.h"

namespace doorward::command {
namespace {

constexpr const char* kDetails =
    R"(The private key is a JWK that only you can read; the public part is a key set (JWKS) for `jwks_file`,
--keys or --jwks. A secret (HS256, HS384, HS512) has no public part: its key set holds the secret, and
only you can read that either. Without --out the private key goes to standard output.

Example:
  $ doorward token new-key --algorithm ES256 --kid dev --out dev.jwk --public-out dev.jwks

Exit status: 0 done; 64 wrong usage, or a file that exists already or cannot be written.
)";

struct NewKeyArguments {
  std::optional<std::string> algorithm, curve, kid, rsa_bits, out, public_out;
  bool force = false;
};

std::vector<std::string> AlgorithmNames() {
  std::vector<std::string> names;
  for (size_t i = 0; i < kAlgorithmCount; ++i) {
    names.emplace_back(AlgorithmName(static_cast<Algorithm>(i)));
  }
  return names;
}

bool IsRsa(Algorithm algorithm) {
  const std::string_view name = AlgorithmName(algorithm);
  return name.starts_with("RS") || name.starts_with("PS");
}

int ReadRsaBits(const std::string& text) {
  int bits = 0;
  const char* end = text.data() + text.size();
  const auto [at, failed] = std::from_chars(text.data(), end, bits);
  if (failed != std::errc() || at != end || bits < 2048 || bits > 8192 || bits % 8 != 0) {
    throw UsageError("`--rsa-bits` is a multiple of 8 from 2048 to 8192, not " +
                     QuoteArgument(text));
  }
  return bits;
}

// An option that the algorithm has no use for is a mistake, not a wish.
SigningKeyOptions ReadOptions(const NewKeyArguments& args, Algorithm algorithm) {
  SigningKeyOptions options;
  if (args.rsa_bits) {
    if (!IsRsa(algorithm)) throw UsageError("`--rsa-bits` goes with an RS or PS algorithm");
    options.rsa_bits = ReadRsaBits(*args.rsa_bits);
  }
  if (args.curve) {
    if (algorithm != Algorithm::kEdDSA) throw UsageError("`--curve` goes with EdDSA");
    options.ed448 = *args.curve == "Ed448";
  }
  return options;
}

void Save(const std::string& option, const std::string& path, const std::string& text,
          WriteOptions options) {
  std::string error;
  if (WriteFile(path, text + '\n', options, &error)) return;
  throw UsageError("cannot write `" + path + "` (`" + option + "`): " + error +
                   (options.replace ? "" : " (--force overwrites a file)"));
}

int NewKey(const NewKeyArguments& args) {
  const Algorithm algorithm = *FindAlgorithm(args.algorithm.value_or("ES256"));
  const SigningKeyOptions options = ReadOptions(args, algorithm);
  const std::optional<SigningKey> key =
      SigningKey::Generate(algorithm, args.kid.value_or(""), options);
  if (!key) throw std::runtime_error("no key could be made");
  const bool is_secret = !AlgorithmSet::Asymmetric().Contains(algorithm);
  if (args.out) {
    Save("--out", *args.out, key->PrivateJwk(), {.secret = true, .replace = args.force});
  }
  if (args.public_out) {
    Save("--public-out", *args.public_out, "{\"keys\":[" + key->PublicJwk() + "]}",
         {.secret = is_secret, .replace = args.force});
  }
  if (!args.out) StandardOutput().Write(key->PrivateJwk() + '\n');
  return kExitOk;
}

}  // namespace

Command TokenNewKeyCommand() {
  const auto args = std::make_shared<NewKeyArguments>();
  return {
      .name = "new-key",
      .summary = "make a key for signing development tokens",
      .details = kDetails,
      .arguments =
          {
              {.name = "--algorithm",
               .value = "ALGORITHM",
               .help = "what the key signs with; left out: ES256",
               .target = &args->algorithm,
               .choices = AlgorithmNames()},
              {.name = "--curve",
               .value = "CURVE",
               .help = "for EdDSA: Ed25519 (the default) or Ed448",
               .target = &args->curve,
               .choices = {"Ed25519", "Ed448"}},
              {.name = "--rsa-bits",
               .value = "N",
               .help = "the size of an RSA key; left out: 2048",
               .target = &args->rsa_bits},
              {.name = "--kid", .value = "KID", .help = "the key's id", .target = &args->kid},
              {.name = "--out",
               .value = "FILE",
               .help = "where the private key goes; only you can read the file",
               .target = &args->out,
               .is_file = true},
              {.name = "--public-out",
               .value = "FILE",
               .help = "where the key set with the public part goes",
               .target = &args->public_out,
               .is_file = true},
              {.name = "--force", .help = "overwrite files that exist", .target = &args->force},
          },
      .run = [args] { return NewKey(*args); },
  };
}

}  // namespace doorward::command
