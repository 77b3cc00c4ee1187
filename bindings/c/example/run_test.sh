#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs the example with good and bad input: a clear line and an exit status for each, never a crash.
#
#   run_test.sh PROGRAM EXAMPLE_DATA
set -euo pipefail
decide=$(realpath "$1")
cd "$2"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
issuer=https://login.example.com/
token="Bearer $(cat token.txt)"
failed=0

# expect NAME STATUS TEXT POLICY JWKS METHOD TARGET AUTHORIZATION: the program ends with STATUS and says TEXT.
expect() {
  local name=$1 status=$2 text=$3 got=0
  "$decide" "$4" $issuer "${@:5}" >"$work/out" 2>&1 || got=$?
  if [ "$got" -eq "$status" ] && grep -qE -e "$text" "$work/out"; then
    echo "ok: $name"
  else
    failed=1
    echo "FAIL: $name: exit status $got, expected $status and \`$text\`"
    cat "$work/out"
  fi
}

printf 'doorward: 1\nrules: [{id: a, allow: [edtior], endpoints: [GET /a]}]\nroles: {editor: {}}\n' >"$work/slip.yaml"
printf '{"keys": ' >"$work/cut.json"

expect "a viewer reads" 0 '^200 rule .orders-read. allows it$' policy.yaml jwks.json GET /orders/17 "$token"
expect "a viewer does not write" 1 '^403 no rule allows it$' policy.yaml jwks.json PUT /orders/17 "$token"
expect "a token that is none" 1 "^401 the token is not three" policy.yaml jwks.json GET /orders/17 "Bearer x"
expect "a path that hides another" 1 '^400 ' policy.yaml jwks.json GET '/orders/..;/17' "$token"
expect "no policy file" 2 'nowhere.yaml: cannot be read' "$work/nowhere.yaml" jwks.json GET / "$token"
expect "a broken policy" 2 'slip.yaml:2:25: unknown role .edtior.' "$work/slip.yaml" jwks.json GET / "$token"
expect "a broken key set" 2 'cut.json: ' policy.yaml "$work/cut.json" GET / "$token"
expect "wrong usage" 64 '^usage: decide' policy.yaml
exit $failed
