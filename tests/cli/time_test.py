# SPDX-License-Identifier: Apache-2.0
"""Times as people write them: what is read, to the nanosecond, and what is refused."""

import json
import unittest

import command

# A token that expires at 1769864400, verified without leeway: valid a nanosecond before, expired at it.
EXPIRY = 1769864400
TOKEN = (command.DATA / "tokens.txt").read_text().strip()

BEFORE = [
    "1769864399",
    "1769864399.999999999",
    "1769864399.9999999999999",
    "2026-01-31T12:59:59Z",
    "2026-01-31t12:59:59.999999999z",
    "2026-01-31T13:59:59+01:00",
    "2026-01-30T22:29:59-14:30",
    "-0.5",
    "0",
    "-9223372036854775807",
    "0000-01-01T00:00:00Z",
    "1970-01-01T00:00:00Z",
]
AT_OR_AFTER = [
    "1769864400",
    "1769864400.0",
    "2026-01-31T13:00:00Z",
    "2026-01-31T13:00:00.000000001+00:00",
    "2026-01-31T12:30:00-00:30",
    "2026-02-01T12:59:00+23:59",
    "2028-02-29T00:00:00Z",
    "2026-06-30T23:59:60Z",
    "2026-07-01T01:59:60+02:00",
    "9999-12-31T23:59:59Z",
    "9223372036854775807",
]
REFUSED = [
    "",
    "now",
    " 1769864400",
    "1769864400 ",
    "+1",
    "1.",
    ".5",
    "1e9",
    "0x10",
    "--1",
    "1,5",
    "9223372036854775808",
    "2026-01-31",
    "2026-01-31T12:00Z",
    "2026-01-31T12:00:00",
    "2026-01-31 12:00:00Z",
    "2026-1-31T12:00:00Z",
    "2026-02-29T12:00:00Z",
    "2026-13-01T12:00:00Z",
    "2026-01-00T12:00:00Z",
    "2026-01-31T24:00:00Z",
    "2026-01-31T12:60:00Z",
    "2026-01-31T12:00:61Z",
    "2026-01-31T12:59:60Z",
    "2026-01-31T23:59:60+01:00",
    "2026-01-31T12:00:00.Z",
    "2026-01-31T12:00:00+0100",
    "2026-01-31T12:00:00+24:00",
    "2026-01-31T12:00:00+01:60",
    "2026-01-31T12:00:00Zulu",
    "12026-01-31T12:00:00Z",
]


def reasons(times):
    """How the token is judged at each time, given as a member of a line."""
    lines = (json.dumps({"token": TOKEN, "options": {"now": time, "jws": False}}) for time in times)
    return [a.get("error") for a in command.answers(command.run("verify", "--jwks", "dev.jwks", stdin="\n".join(lines)))]


class Times(unittest.TestCase):
    # Before the year 2026 the token is not issued yet, which is told only after its expiry was checked.
    def test_before_the_expiry(self):
        for time, reason in zip(BEFORE, reasons(BEFORE), strict=True):
            with self.subTest(time):
                self.assertIn(reason, (None, "token_issued_in_future"))

    def test_at_the_expiry_and_after(self):
        for time, reason in zip(AT_OR_AFTER, reasons(AT_OR_AFTER), strict=True):
            with self.subTest(time):
                self.assertEqual(reason, "token_expired")

    def test_what_is_no_time_is_refused(self):
        for time, reason in zip(REFUSED, reasons(REFUSED), strict=True):
            with self.subTest(time):
                self.assertEqual(reason, "bad_input")

    def test_the_option_reads_the_same(self):
        for times, valid in ((["1769864399.999999999", "2026-01-31T13:59:59+01:00"], [True]), (["1769864400"], [False])):
            for time in times:
                with self.subTest(time):
                    result = command.run("verify", "--jwks", "dev.jwks", f"--now={time}", stdin=TOKEN)
                    self.assertEqual([a["valid"] for a in command.answers(result)], valid)
        for time in ("", "2026-02-29T12:00:00Z", "soon"):
            with self.subTest(time):
                self.assertEqual(command.run("verify", "--jwks", "dev.jwks", "--now", time).returncode, 64)

    def test_numbers_of_json_are_times_too(self):
        below = ["1769864399.999999999", "1.769864399e9", "-1e3", "0", "-0.0"]
        above = ["1769864400", "17698644e2", "1.7698644e+9", "9e18"]
        refused = ["9223372036854775808", "1e19", "-1e300", "true", "[]"]
        lines = "\n".join('{"token":"%s","options":{"now":%s}}' % (TOKEN, n) for n in below + above + refused)
        got = [a.get("error") for a in command.answers(command.run("verify", "--jwks", "dev.jwks", stdin=lines))]
        self.assertTrue(set(got[: len(below)]) <= {None, "token_issued_in_future"}, got)
        self.assertEqual(got[len(below) :], ["token_expired"] * len(above) + ["bad_input"] * len(refused))


if __name__ == "__main__":
    command.main()
