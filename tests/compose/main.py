"""main.py BUILD_DIR: the tests of the files beside this one, as TAP."""

import os
import sys
import traceback

import test_file
import test_scripts


def tests_of(module):
    return [(name, test) for name, test in vars(module).items()
            if callable(test) and test.__module__ == module.__name__
            and not name.startswith("_")]


def main():
    build = os.path.abspath(sys.argv[1])
    tests = tests_of(test_file) + tests_of(test_scripts)
    failed = 0
    print(f"1..{len(tests)}")
    for number, (name, test) in enumerate(tests, 1):
        try:
            test(build)
            print(f"ok {number} - {name}")
        except Exception:
            failed = 1
            for line in traceback.format_exc().splitlines():
                print(f"# {line}")
            print(f"not ok {number} - {name}")
    return failed


sys.exit(main())
