#!/usr/bin/env python3
"""Checks `docs/vectors/envelope.json` with other people's cryptography: libsodium and pyhpke.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install pynacl==1.6.2 pyhpke==0.6.5
    /tmp/venv/bin/python scripts/envelope-reference.py

Everything is written from `docs/envelope.md` alone: it reads, makes and refuses what the vectors say.
"""

import json
import pathlib
import struct
from hashlib import blake2b

from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt as aead_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt as aead_encrypt,
)
from nacl.exceptions import CryptoError
from pyhpke import AEADId, CipherSuite, KDFId, KEMId
from pyhpke.exceptions import PyHPKEError

FILE = pathlib.Path(__file__).parent.parent / "docs/vectors/envelope.json"
CHUNK, TAG, HEADER = 65_536, 16, 26
SUITE = CipherSuite.new(
    KEMId.DHKEM_X25519_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.CHACHA20_POLY1305
)
unhex = bytes.fromhex


class Refused(Exception):
    """With the error's name."""


def blake2(*parts, key=b""):
    return blake2b(b"".join(parts), digest_size=32, key=key).digest()


def content(size):
    return bytes(at % 251 for at in range(size))


def record_version(of):
    return unhex(of["genesis"]) + unhex(of["record"]) + struct.pack("<I", of["version"])


# Contents

def nonce(prefix, place, last):
    return prefix + struct.pack(">I", place) + bytes([last])


def associated_data(of):
    return b"salus/content/1 " + record_version(of)


def encrypt(plain, key, prefix, of):
    chunks = [plain[at:at + CHUNK] for at in range(0, len(plain), CHUNK)] or [b""]
    out = [b"SALUS\0\x01" + prefix]
    for place, chunk in enumerate(chunks):
        last = place == len(chunks) - 1
        out.append(aead_encrypt(chunk, associated_data(of), nonce(prefix, place, last), key))
    return b"".join(out)


def decrypt(envelope, key, of):
    magic = envelope[:6]
    if not b"SALUS\0".startswith(magic):
        raise Refused("not-an-envelope")
    if len(envelope) < 7:
        raise Refused("envelope-truncated")
    if envelope[6] != 1:
        raise Refused("wrong-suite")
    if len(envelope) < HEADER + TAG:
        raise Refused("envelope-truncated")
    prefix, body = envelope[7:HEADER], envelope[HEADER:]
    chunks = [body[at:at + CHUNK + TAG] for at in range(0, len(body), CHUNK + TAG)]

    def opened(place, last):
        return aead_decrypt(chunks[place], associated_data(of), nonce(prefix, place, last), key)

    out = []
    for place, chunk in enumerate(chunks):
        last = place == len(chunks) - 1
        if last and len(chunk) < TAG:
            raise Refused("envelope-truncated")
        try:
            out.append(opened(place, last))
        except CryptoError:
            if last:
                # A good chunk that is not the last tells that the rest is missing.
                try:
                    opened(place, False)
                except CryptoError:
                    pass
                else:
                    raise Refused("envelope-truncated") from None
            raise Refused("content-tampered") from None
    return b"".join(out)


# Wraps

def encoded_basis(basis):
    if basis == "patient":
        return b"\0"
    if basis == "custodian":
        return b"\1"
    if basis == "guardian":
        return b"\3"
    return b"\2" + unhex(basis["directive"].removeprefix("0x"))


def encoded_context(context):
    (kind, of), = context.items()
    if kind == "custodian":
        return b"\0" + struct.pack("<II", of["organisation"], of["key_version"])
    if kind == "chart":
        return b"\1" + unhex(of["chart"].removeprefix("0x"))
    assert kind == "recipient"
    tail = struct.pack("<IQ", of["key_version"], of["expires"])
    return b"\2" + encoded_basis(of["basis"]) + tail


def info(of, context):
    return b"salus/wrap/1    " + record_version(of) + context


def open_wrap(wrap, secret, of, at):
    if wrap[0] != 1:
        raise Refused("wrong-suite")
    encapsulated, ciphertext, context = wrap[1:33], wrap[33:81], wrap[81:]
    if context[0] == 2 and at >= struct.unpack("<Q", context[-8:])[0]:
        raise Refused("wrap-expired")
    key = SUITE.kem.deserialize_private_key(secret)
    try:
        return SUITE.create_recipient_context(encapsulated, key, info(of, context)).open(ciphertext)
    except PyHPKEError:
        raise Refused("wrap-refused") from None


# Alterations

def altered(whole, edits):
    for edit in edits:
        if "flip" in edit:
            whole = bytearray(whole)
            whole[edit["flip"]["byte"]] ^= 1 << edit["flip"]["bit"]
            whole = bytes(whole)
        elif "cut" in edit:
            whole = whole[:edit["cut"]]
        elif "append" in edit:
            whole += unhex(edit["append"])
        else:
            header, body = whole[:HEADER], whole[HEADER:]
            chunks = [body[at:at + CHUNK + TAG] for at in range(0, len(body), CHUNK + TAG)]
            whole = header + b"".join(chunks[place] for place in edit["chunks"])
    return whole


def refused(case, attempt):
    try:
        attempt()
    except Refused as error:
        assert str(error) == case["error"], f"{case['name']}: {error}"
    else:
        raise AssertionError(f"{case['name']}: not refused")


def named(vectors, name):
    return next(vector for vector in vectors if vector["name"] == name)


def check_contents(known):
    for vector in known["contents"]:
        key, prefix = unhex(vector["key"]), unhex(vector["nonce_prefix"])
        plain = content(vector["size"])
        assert associated_data(vector["of"]) == unhex(vector["associated_data"])
        made = encrypt(plain, key, prefix, vector["of"])
        assert len(made) == vector["envelope_size"]
        assert blake2(made) == unhex(vector["envelope_digest"]), vector["name"]
        assert vector["envelope"] in (None, made.hex())
        assert decrypt(made, key, vector["of"]) == plain
        assert blake2(plain) == unhex(vector["content_digest"])
    for case in known["altered_contents"]:
        base = named(known["contents"], case["content"])
        key = unhex(base["key"])
        whole = encrypt(content(base["size"]), key, unhex(base["nonce_prefix"]), base["of"])
        key = unhex(case.get("key", base["key"]))
        whole = altered(whole, case["edits"])
        refused(case, lambda: decrypt(whole, key, case.get("of", base["of"])))


def check_wraps(known):
    for vector in known["wraps"]:
        context = encoded_context(vector["context"])
        assert context == unhex(vector["context_encoded"])
        assert info(vector["of"], context) == unhex(vector["info"])
        ephemeral = SUITE.kem.derive_key_pair(unhex(vector["ikm_e"]))
        encapsulated, sender = SUITE.create_sender_context(
            SUITE.kem.deserialize_public_key(unhex(vector["recipient_public"])), unhex(vector["info"]), eks=ephemeral
        )
        assert encapsulated == unhex(vector["encapsulated_key"])
        assert sender.seal(unhex(vector["content_key"])) == unhex(vector["ciphertext"])
        whole = b"\1" + encapsulated + unhex(vector["ciphertext"]) + context
        assert whole == unhex(vector["encoded"])
        secret = unhex(vector["recipient_secret"])
        assert open_wrap(whole, secret, vector["of"], 0) == unhex(vector["content_key"])
    for case in known["altered_wraps"]:
        base = named(known["wraps"], case["wrap"])
        whole = altered(unhex(base["encoded"]), case["edits"])
        secret = unhex(case.get("recipient_secret", base["recipient_secret"]))
        of = case.get("of", base["of"])
        refused(case, lambda: open_wrap(whole, secret, of, case["at"]))


def check_rfc(known):
    vector = known["rfc9180"]
    secret = SUITE.kem.derive_key_pair(unhex(vector["ikmR"]))
    ephemeral = SUITE.kem.derive_key_pair(unhex(vector["ikmE"]))
    assert secret.public_key.to_public_bytes() == unhex(vector["pkRm"])
    assert ephemeral.public_key.to_public_bytes() == unhex(vector["pkEm"])
    encapsulated, sender = SUITE.create_sender_context(
        secret.public_key, unhex(vector["info"]), eks=ephemeral
    )
    assert encapsulated == unhex(vector["enc"])
    recipient = SUITE.create_recipient_context(
        encapsulated, secret.private_key, unhex(vector["info"])
    )
    messages = {message["sequence"]: message for message in vector["encryptions"]}
    for sequence in range(max(messages) + 1):
        message = messages.get(sequence, {"pt": "", "aad": "", "ct": None})
        plain, aad = unhex(message["pt"]), unhex(message["aad"])
        sealed = sender.seal(plain, aad)
        assert message["ct"] in (None, sealed.hex()), sequence
        assert recipient.open(sealed, aad) == plain
    for exported in vector["exports"]:
        got = recipient.export(unhex(exported["exporter_context"]), exported["L"])
        assert got == unhex(exported["exported_value"])


def check_digests(known):
    for vector in known["seals"]:
        parts = (unhex(vector[part]) for part in ("domain", "salt", "encoded"))
        assert blake2(*parts) == unhex(vector["seal"]), vector["name"]
    for vector in known["ids"]:
        parts = (unhex(vector[part]) for part in ("domain", "parties", "salt"))
        assert blake2(*parts) == unhex(vector["id"]), vector["name"]
    for vector in known["keys"]:
        parts = (unhex(vector[part]) for part in ("domain", "parties"))
        assert blake2(*parts, key=unhex(vector["secret"])) == unhex(vector["gives"])


def main():
    known = json.loads(FILE.read_text())
    for check in (check_rfc, check_contents, check_wraps, check_digests):
        check(known)
    counts = [f"{len(known[part])} {part.replace('_', ' ')}" for part in known
              if isinstance(known[part], list)]
    print("RFC 9180 A.2.1, " + ", ".join(counts) + ": all as they should be")


if __name__ == "__main__":
    main()
