# SPDX-License-Identifier: Apache-2.0
"""The checks of scripts/check. Each takes files and returns findings as `path:line: text`."""
