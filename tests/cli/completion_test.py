# SPDX-License-Identifier: Apache-2.0
"""The completion scripts: every command and option of the help is in each; bash's is run."""

import re
import shlex
import subprocess
import unittest

import command


def help_names(path):
    """The subcommands and options that `--help` of a command names."""
    text = command.run(*path, "--help").stdout.decode()
    commands = re.search(r"^Commands:\n((?:  .*\n)*)", text, re.M)
    options = re.search(r"^Options:\n((?:  .*\n)*)", text, re.M)
    return (
        re.findall(r"^  ([a-z-]+)  ", commands[1], re.M) if commands else [],
        re.findall(r"^  (?:-h, )?(--[a-z-]+)", options[1], re.M),
    )


def walk(path=()):
    """Every command by its path, with its subcommands and options."""
    commands, options = help_names(path)
    yield path, commands, options
    for name in commands:
        yield from walk((*path, name))


ALL = list(walk())


def script(shell):
    result = command.run("completion", shell)
    assert result.returncode == 0, result.stderr
    return result.stdout.decode()


def bash_completes(line):
    """What bash offers at the end of `line`, where nothing but the script answers."""
    words = shlex.split(line) + ([""] if line.endswith(" ") else [])
    program = script("bash") + '\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _doorward; printf "%s\\n" "${COMPREPLY[@]}"'
    result = subprocess.run(["bash", "-c", program, "bash", *words], capture_output=True, text=True, timeout=60)
    assert result.stderr == "", result.stderr
    return result.stdout.split()


class Completeness(unittest.TestCase):
    def test_the_help_names_the_commands(self):
        self.assertEqual(
            {" ".join(path) for path, _, _ in ALL},
            {"", "check", "eval", "explain", "verify", "completion", "token", "token new-key", "token sign", "token inspect"},
        )

    def test_every_command_and_option_is_in_each_script(self):
        for shell, option_form in (("bash", "{}"), ("zsh", "{}"), ("fish", "-l {}")):
            text = script(shell)
            for path, commands, options in ALL:
                for name in commands:
                    with self.subTest(shell=shell, path=path, name=name):
                        self.assertRegex(text, rf"(?<![\w-]){re.escape(name)}(?![\w-])")
                for option in options:
                    wanted = option_form.format(option if shell != "fish" else option[2:])
                    with self.subTest(shell=shell, path=path, option=option):
                        self.assertRegex(text, rf"{re.escape(wanted)}(?![\w-])")


class Bash(unittest.TestCase):
    def test_commands_and_options_are_offered_where_they_belong(self):
        for path, commands, options in ALL:
            line = " ".join(("doorward", *path))
            with self.subTest(line):
                if path != ("completion",):
                    self.assertEqual(bash_completes(line + " "), commands)
                self.assertEqual(sorted(bash_completes(line + " --")), sorted(options))

    def test_a_beginning_is_completed(self):
        for line, offered in (
            ("doorward ev", ["eval"]),
            ("doorward token s", ["sign"]),
            ("doorward eval policy.yaml --re", ["--requests"]),
            ("doorward check --format s", ["sarif"]),
            ("doorward check --format ", ["text", "json", "sarif"]),
            ("doorward token new-key --algorithm ES", ["ES256", "ES384", "ES512"]),
            ("doorward completion ", ["bash", "zsh", "fish"]),
            ("doorward eval --requests ", []),
        ):
            with self.subTest(line):
                self.assertEqual(bash_completes(line), offered)


if __name__ == "__main__":
    command.main()
