"""The page in a real browser: every case of cases.py, costs.py, fallback.py and pure.py, with figures at the end. Started by scripts/page."""

import argparse
import sys
import tempfile
import time
import traceback
from pathlib import Path

import cases
import costs  # noqa: F401 (adds its cases)
import fallback  # noqa: F401 (adds its cases)
import pure  # noqa: F401 (adds its cases)
from browser import Browser, Failure


class Run:
    def __init__(self, bursar, folder, browser, chromium):
        self.bursar, self.folder, self.browser, self.chromium = bursar, folder, browser, chromium


def main():
    options = argparse.ArgumentParser(prog="scripts/page", description=__doc__)
    options.add_argument("bursar", help=argparse.SUPPRESS)
    options.add_argument("--only", metavar="WORD", default="", help="only cases whose sentence or name has this")
    options.add_argument("--screenshots", metavar="FOLDER", help="write the pictures of the docs there instead")
    options.add_argument("--chromium", default="/usr/bin/chromium")
    options = options.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory(prefix="bursar-page-") as folder:
        browser = Browser(options.chromium)
        run = Run(options.bursar, Path(folder), browser, options.chromium)
        if options.screenshots:
            import screenshots  # needs one package more

            screenshots.take(run, Path(options.screenshots))
            browser.close()
            return 0
        for words, case in cases.CASES:
            if options.only not in words and options.only not in case.__name__:
                continue
            began = time.monotonic()
            try:
                note = case(run) or "ok"
            except Failure as failure:
                note, failed = f"FAILED: {failure}", failed + 1
            except Exception:
                note, failed = f"FAILED: {traceback.format_exc()}", failed + 1
            print(f"{time.monotonic() - began:5.1f} s  {words}: {note}", flush=True)
        browser.close()
    for name, figure in cases.figures.items():
        print(f"{name}: {figure}")
    print(f"{failed} failed" if failed else "all passed")
    return 1 if failed else 0


sys.exit(main())
