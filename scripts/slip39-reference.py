#!/usr/bin/env python3
"""Compares the shares of `client/src/recovery` with those of the reference program, both ways.

    pip install shamir-mnemonic==0.3.0
    scripts/slip39-reference.py make > client/src/recovery/data/reference.json
    SALUS_SLIP39_OUT=/tmp/ours.json cargo test -p salus-client --lib recovery::tests::shares_for_the_reference
    scripts/slip39-reference.py check /tmp/ours.json

`make` writes shares for our tests to combine; `check` has the reference combine ours.
"""

import hashlib
import itertools
import json
import sys

from shamir_mnemonic import combine_mnemonics, generate_mnemonics
from shamir_mnemonic.utils import MnemonicError

CASES = [
    (1, [(1, 1)], 32, "", 0, True),
    (1, [(2, 3)], 32, "", 1, True),
    (1, [(3, 5)], 32, "a passphrase", 0, True),
    (1, [(2, 2)], 32, "", 0, False),
    (1, [(4, 16)], 32, " ~", 2, False),
    (2, [(2, 3), (1, 1)], 32, "", 0, True),
    (2, [(2, 3), (3, 5), (1, 1)], 32, "TREZOR", 0, True),
    (4, [(3, 5), (3, 3), (2, 5), (1, 1)], 32, "", 0, False),
    (1, [(2, 3)], 16, "", 0, True),
    (2, [(2, 2), (2, 2)], 24, "x", 0, True),
]


def make():
    out = []
    for place, (threshold, groups, length, passphrase, exponent, extendable) in enumerate(CASES):
        secret = hashlib.shake_256(b"salus slip-39 %d" % place).digest(length)
        shares = generate_mnemonics(
            threshold, groups, secret, passphrase.encode(), extendable, exponent
        )
        out.append({
            "secret": secret.hex(),
            "passphrase": passphrase,
            "group_threshold": threshold,
            "groups": groups,
            "shares": shares,
        })
    json.dump(out, sys.stdout, indent="\t")
    print()


def check(path):
    count = 0
    for made in json.load(open(path)):
        passphrase = made["passphrase"].encode()
        chosen = list(zip(made["groups"], made["shares"]))
        for some in itertools.combinations(chosen, made["group_threshold"]):
            firsts = [share for (needed, _), shares in some for share in shares[:needed]]
            lasts = [share for (needed, _), shares in some for share in shares[-needed:]]
            for enough in (firsts, lasts):
                assert combine_mnemonics(enough, passphrase).hex() == made["secret"], made
                count += 1
            if len(firsts) > 1:
                try:
                    combine_mnemonics(firsts[1:], passphrase)
                except MnemonicError:
                    count += 1
                else:
                    raise SystemExit("the reference took too few shares")
    print(f"the reference agrees in {count} combinations")


if __name__ == "__main__":
    if sys.argv[1:] == ["make"]:
        make()
    elif sys.argv[1:2] == ["check"] and len(sys.argv) == 3:
        check(sys.argv[2])
    else:
        raise SystemExit(__doc__)
