"""Every threat that SECURITY.md calls defended names a test or an attack that is there."""

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "hostile"))

from attacks import ATTACKS  # noqa: E402 - found by the line above

TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
DEFENDED = TEXT.split("## What is defended")[1].split("\n## ")[0]
LINES = [line.strip("| ").split(" | ") for line in DEFENDED.splitlines() if line.startswith("| ")]
THREATS = {threat: re.findall(r"`([^`]+)`", shown) for threat, shown in LINES[1:]}
NAMES = {attack.kind for attack in ATTACKS} | {attack.name for attack in ATTACKS}


def _is_test(name: str) -> bool:
    path, _, function = name.partition("::")
    if not function or not (ROOT / path).is_file():
        return False
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return any(isinstance(part, ast.FunctionDef) and part.name == function for part in tree.body)


@pytest.mark.parametrize("threat", THREATS)
def test_a_threat_names_what_shows_that_it_is_defended(threat: str) -> None:
    assert THREATS[threat]
    for name in THREATS[threat]:
        assert name in NAMES or _is_test(name), name


def test_every_kind_of_attack_is_named() -> None:
    named = {name.partition(":")[0] for names in THREATS.values() for name in names}
    assert {attack.kind for attack in ATTACKS} <= named


def test_the_number_of_attacks_is_the_one_that_is_told() -> None:
    assert f"hostile: {len(ATTACKS)} attacks × 2 tiers" in TEXT
