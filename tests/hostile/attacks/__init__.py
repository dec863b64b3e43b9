"""The attacks: what a submission might try, a module for each kind."""

from attacks import (
    ends,
    files,
    forging,
    frames,
    memory,
    network,
    output,
    powers,
    processes,
    replies,
    secret,
    times,
)
from attacks.attack import Attack, cell, preparation

ATTACKS: tuple[Attack, ...] = tuple(
    attack
    for module in (
        times,
        processes,
        memory,
        files,
        network,
        secret,
        powers,
        ends,
        replies,
        forging,
        frames,
        output,
    )
    for attack in module.ATTACKS
)

#: By kind and by what they try.
BY_NAME = {attack.name: attack for attack in ATTACKS}
assert len(BY_NAME) == len(ATTACKS), "two attacks have one name"

__all__ = ["ATTACKS", "BY_NAME", "Attack", "cell", "preparation"]
