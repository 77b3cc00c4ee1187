# SPDX-License-Identifier: Apache-2.0
"""What it costs to verify a token of 1 KB and to have its claims as a dict: Doorward, PyJWT and joserfc, timed by pyperf in
one run. Keys are ready beforehand; issuer, audience and dates are checked by each.

    verify.py [pyperf's options]
"""

import json

import joserfc.jwk
import joserfc.jwt
import jwt
import pyperf
import workload
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

import doorward

KEYS = {
    "RS256": lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048),
    "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
}


class Scene:
    """A key, a token, and how each library makes claims of the token. PyJWT and joserfc take the time from the clock."""

    def __init__(self, algorithm):
        key = KEYS[algorithm]()
        claims = workload.claims(["role-1"]) | {"exp": 2**33}
        self.token = jwt.encode(claims, key, algorithm, headers={"kid": "key-2026-01", "typ": "at+jwt"})
        self.algorithm = algorithm
        public = key.public_key()
        pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        jose_key = joserfc.jwk.import_key(pem, "RSA" if algorithm == "RS256" else "EC", {"kid": "key-2026-01"})
        self.pyjwt_key, self.joserfc_key = public, jose_key
        self.registry = joserfc.jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": workload.ISSUER}, aud={"essential": True, "value": workload.AUDIENCE},
            exp={"essential": True})
        keys = doorward.KeySet(json.dumps({"keys": [jose_key.as_dict(private=False)]}))
        options = {"issuer": workload.ISSUER, "audiences": [workload.AUDIENCE], "algorithms": [algorithm]}
        self.verifier = doorward.Verifier(keys, **options)
        fast_keys = doorward.KeySet(json.dumps({"keys": [jose_key.as_dict(private=False)]}))
        fast_keys.prepare(es256_tables=True)
        self.fast_verifier = doorward.Verifier(fast_keys, **options)
        for verify in (self.doorward, self.prepared, self.pyjwt, self.joserfc):
            assert verify() == claims, verify

    def doorward(self):
        return self.verifier.verify(self.token).claims.to_dict()

    def prepared(self):
        return self.fast_verifier.verify(self.token).claims.to_dict()

    def pyjwt(self):
        return jwt.decode(self.token, self.pyjwt_key, [self.algorithm], audience=workload.AUDIENCE, issuer=workload.ISSUER)

    def joserfc(self):
        claims = joserfc.jwt.decode(self.token, self.joserfc_key, [self.algorithm]).claims
        self.registry.validate(claims)
        return claims


def main():
    runner = pyperf.Runner(processes=5)
    runner.parse_args()
    for algorithm in KEYS:
        scene = Scene(algorithm)
        runner.bench_func(f"verify {algorithm}: Doorward", scene.doorward)
        if algorithm == "ES256":
            runner.bench_func(f"verify {algorithm}: Doorward, prepared", scene.prepared)
        runner.bench_func(f"verify {algorithm}: PyJWT", scene.pyjwt)
        runner.bench_func(f"verify {algorithm}: joserfc", scene.joserfc)


if __name__ == "__main__":
    main()
