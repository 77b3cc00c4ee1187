#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs the example with good and bad input: a clear line and an exit status for each, never a crash.
#
#   run_test.sh PROGRAM
#
# token.txt is cleo's, a viewer, until the year 2100; the key that signed it was thrown away.
set -euo pipefail
embed=$(realpath "$1")
cd "$(dirname "${BASH_SOURCE[0]}")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
issuer=https://login.example.com/
token="Bearer $(cat token.txt)"
failed=0

# expect NAME STATUS TEXT ARGUMENT...: the program ends with STATUS and says TEXT (a regular expression).
expect() {
  local name=$1 status=$2 text=$3 got=0
  shift 3
  "$embed" "$@" >"$work/out" 2>&1 || got=$?
  if [ "$got" -ne "$status" ] || ! grep -qE -e "$text" "$work/out"; then
    failed=1
    echo "FAIL: $name: exit status $got, expected $status and \`$text\`"
    cat "$work/out"
  else
    echo "ok: $name"
  fi
}

printf 'doorward: 1\nrules: [{id: a, allow: [edtior], endpoints: [GET /a]}]\nroles: {editor: {}}\n' >"$work/slip.yaml"
printf '{"keys": ' >"$work/cut.json"
: >"$work/empty"

expect "a viewer reads" 0 '^200 allowed orders-read$' policy.yaml $issuer jwks.json GET /orders/17 "$token"
expect "a viewer does not write" 1 '^403 default_deny' policy.yaml $issuer jwks.json PUT /orders/17 "$token"
expect "a token that is none" 1 '^401 token_malformed' policy.yaml $issuer jwks.json GET /orders/17 "Bearer x"
expect "a signature cut short" 1 '^401 token_signature' policy.yaml $issuer jwks.json GET /orders/17 "${token::-2}"
expect "another scheme" 1 '^401 no_token' policy.yaml $issuer jwks.json GET /orders/17 "Basic eDp5"
expect "a path that hides another" 1 '^400 bad_path' policy.yaml $issuer jwks.json GET '/orders/..;/17' "$token"
expect "keys of another issuer" 1 '^503 keys_unavailable' policy.yaml https://other.example/ jwks.json GET /orders/17 "$token"
expect "no policy file" 2 'nowhere.yaml: cannot be read' "$work/nowhere.yaml" $issuer jwks.json GET / "$token"
expect "a folder for a policy" 2 'cannot be read' "$work" $issuer jwks.json GET / "$token"
expect "an empty policy" 2 'empty' "$work/empty" $issuer jwks.json GET / "$token"
expect "a broken policy" 2 'slip.yaml:2:[0-9]+: error: .*edtior' "$work/slip.yaml" $issuer jwks.json GET / "$token"
expect "no key set" 2 'nowhere.json: cannot be read' policy.yaml $issuer "$work/nowhere.json" GET / "$token"
expect "a broken key set" 2 'error' policy.yaml $issuer "$work/cut.json" GET / "$token"
expect "wrong usage" 64 '^usage: embed' policy.yaml
exit $failed
