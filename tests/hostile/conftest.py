"""The class of attackers, for every test of this folder."""

import sys
from pathlib import Path

# `attacks`, `classroom` and `judged` are modules of this folder, found under these names;
# the server of formgrader is one of the tests in a browser.
sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "browser")]
