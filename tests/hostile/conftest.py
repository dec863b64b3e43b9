"""The class of attackers, for every test of this folder."""

import sys
from pathlib import Path

# `attacks` and `classroom` are modules of this folder, found under these names.
sys.path.insert(0, str(Path(__file__).parent))
