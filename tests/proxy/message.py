# SPDX-License-Identifier: Apache-2.0
"""What a message at either end has in common: its header fields."""


class Fields:
    """Looks up in `self.headers`, pairs of name and value in their order."""

    def all(self, name):
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def header(self, name):
        """The value of a field that comes at most once; None where it does not."""
        values = self.all(name)
        if len(values) > 1:
            raise AssertionError(f"{len(values)} fields {name}: {values}")
        return values[0] if values else None
