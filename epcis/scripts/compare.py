"""Compares this crate with biip 5.2.0 and epcis-event-hash-generator 1.9.3. Run by scripts/compare."""

import argparse
import collections
import copy
import json
import logging
import pathlib
import random
import string
import subprocess
import sys
import urllib.parse
import xml.sax.saxutils as sax

import biip
from biip.gln import Gln
from biip.gs1_application_identifiers import _GS1_APPLICATION_IDENTIFIERS as AIS
from biip.gs1_digital_link_uris import GS1DigitalLinkURI
from biip.gs1_messages import GS1Message
from biip.gtin import Gtin
from biip.sscc import Sscc
from epcis_event_hash_generator import hash_generator, json_to_py, xml_to_py

logging.disable(logging.CRITICAL)

SET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
FNC1 = "\x1d"
DATA = pathlib.Path("tests/data")
EPCIS = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"


class Report:
    """Counts what agrees, what differs for a known reason, and what differs."""

    def __init__(self):
        self.same = collections.Counter()
        self.known = collections.Counter()
        self.wrong = []

    def note(self, kind, case, ours, theirs, reason=None):
        if ours == theirs:
            self.same[kind] += 1
        elif reason:
            self.known[f"{kind}: {reason}"] += 1
        else:
            self.wrong.append((kind, case, ours, theirs))

    def show(self):
        for kind, count in sorted(self.same.items()):
            print(f"{count:6} same        {kind}")
        for kind, count in sorted(self.known.items()):
            print(f"{count:6} explained   {kind}")
        for kind, *sides in self.wrong[:10]:
            print(f"DIFFERENT {kind}")
            for name, side in zip(["case", "ours", "theirs"], sides):
                print(f"  {name:6} {json.dumps(side, ensure_ascii=False)[:2000]}")
        print(f"{len(self.wrong)} different")


def read(binary, cases):
    lines = "".join(json.dumps(case) + "\n" for case in cases)
    done = subprocess.run([binary], input=lines, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def digits(rng, count):
    return "".join(rng.choice(string.digits) for _ in range(count))


def completed(payload):
    return payload + str(biip.checksums.gs1_standard_check_digit(payload))


def broken(rng, text):
    """A text with one character changed, left out or put in."""
    at = rng.randrange(len(text)) if text else 0
    other = rng.choice(string.digits + "AZaz -é")
    return rng.choice([text[:at] + other + text[at + 1 :], text[:at] + text[at + 1 :], text[:at] + other + text[at:]])


# Part 1: GS1 keys, element strings and Digital Link URIs against biip.


def keys(rng, count, report, binary):
    cases = []
    for _ in range(count):
        kind, lengths = rng.choice([("gtin", [8, 12, 13, 14]), ("gln", [13]), ("sscc", [18])])
        length = rng.choice(lengths)
        zeros = rng.choice([0, 0, 0, 2, 5, 7])
        text = completed("0" * zeros + digits(rng, length - 1 - zeros))
        if rng.random() < 0.4:
            text = broken(rng, text)
        # biip strips white space, which no key has.
        cases.append((kind, text.strip()))
    for (kind, text), ours in zip(cases, read(binary, cases)):
        try:
            if kind == "gtin":
                gtin = Gtin.parse(text)
                theirs = {"value": gtin.as_gtin_14(), "digits": int(gtin.format)}
            else:
                theirs = {"value": {"gln": Gln, "sscc": Sscc}[kind].parse(text).value}
        except biip.ParseError:
            theirs = None
        report.note(kind, text, None if "error" in ours else ours, theirs)


def component(rng, part):
    """Data of one format component such as N14, X..20 or N..15."""
    kind, length = part[0], part[1:]
    count = rng.randint(1, int(length[2:])) if length.startswith("..") else int(length)
    letters = {"N": string.digits, "X": SET_82, "Y": "#-/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
    letters["Z"] = string.ascii_letters + string.digits + "-_"
    return "".join(rng.choice(letters[kind]) for _ in range(count))


KEY_DIGITS = {"00": 18, "01": 14, "02": 14, "03": 14, "253": 13, "255": 13, "402": 17}
KEY_DIGITS |= {"8003": 14, "8006": 14, "8026": 14, "8017": 18, "8018": 18}
KEY_DIGITS |= {str(ai): 13 for ai in range(410, 418)}
DATED = "11 12 13 15 16 17 4324 4325 4326 7003 7006 7007 7011 8008".split()
# biip has patterns narrower than the format for these (flags, countries, birth sequence), and counts
# pairs of escapes in names and addresses as one character.
SPECIAL = {"4307", "4317", "4321", "4322", "4323", "7250", "7251", "7258", "423", "425"}
SPECIAL |= {str(ai) for ai in [*range(4300, 4307), *range(4310, 4317), 4320, *range(7253, 7258), 7259]}


def data(rng, ai):
    form = AIS[ai].format.split("+", 1)[1]
    if ai in DATED:
        day = f"{rng.randint(0, 99):02}{rng.randint(1, 12):02}{rng.randint(0, 28):02}"
        return day + {"4324": "1230", "4325": "9999", "7003": "2359", "8008": "23"}.get(ai, "")
    value = ""
    for part in form.replace("]", "").split("+"):
        part = part.removesuffix("[")
        value += component(rng, part) if part[0] in "NXYZ" else ""
    if ai == "8003":
        value = "0" + value[1:]
    count = KEY_DIGITS.get(ai)
    return value if count is None else completed(value[: count - 1]) + value[count:]


def element_strings(rng, count, report, binary):
    usable = [ai for ai in AIS if ai not in SPECIAL and "[-]" not in AIS[ai].format and ai != "8043"]
    medicine = ["01", "10", "17", "21", "00", "02", "37", "11", "710", "714", "240", "254", "414"]
    cases = []
    for _ in range(count):
        chosen = rng.sample(medicine if rng.random() < 0.5 else usable, rng.randint(1, 5))
        text = ""
        for at, ai in enumerate(chosen):
            last = at + 1 == len(chosen)
            needs = AIS[ai].separator_required and not last
            text += ai + data(rng, ai) + (FNC1 if needs or rng.random() < 0.1 else "")
        if rng.random() < 0.3:
            text = broken(rng, text)
        # biip strips white space, which element strings do not have.
        cases.append(("element_strings", text.strip()))
    for (kind, text), ours in zip(cases, read(binary, cases)):
        reason = None
        try:
            message = GS1Message.parse(text)
            theirs = [[e.ai.ai, e.value] for e in message.element_strings]
            faults = [e.gtin_error or e.gln_error or e.sscc_error for e in message.element_strings]
            if any(faults):
                theirs = None
        except (biip.ParseError, ValueError):
            theirs = None
        error = ours.get("error", "")
        if theirs is not None and error:
            names = [ai for ai, _ in theirs]
            if "FNC1 ends them" in error:
                reason = "data longer than their field: biip goes on without FNC1 (GenSpecs 7.8.6)"
            elif "check digit" in error or "it has digits only" in error:
                reason = "check digits of AI 253, 255, 402, 8003, 8006, 8017, 8018, 8026 (GenSpecs 3)"
            elif "comes twice" in error:
                reason = "one AI with two values (GenSpecs 4.13)"
            elif "characters; there are at least" in error and {"30", "7004"} & set(names):
                reason = "empty count: biip takes N..8 for 0 to 8 digits"
            elif "no date YYMMDD" in error and {"7007", "7003", "7011", "8008", "4324", "4325"} & set(names):
                reason = "date and time: biip does not look at all of them"
            elif "is not allowed there" in error or "at least" in error or "no application" in error:
                reason = "a character outside the set: biip ends the field there, without FNC1 (GenSpecs 7.8.6)"
        elif theirs is None and not error:
            names = [ai for ai, _ in ours["elements"]]
            special = SPECIAL | {"8030", "8043", "8003", "7040", "7003", "7007", "8008", "7011", "8010", "8001", "4326"}
            special |= {"4324", "4325", "7230"}
            if special & set(names) or any(n.startswith("723") for n in names):
                reason = "biip has a narrower pattern (8003 begins with 0, 8010 has 5, 723s has 3, codes and times)"
        elif theirs is not None and sorted(set(map(tuple, theirs))) == sorted(map(tuple, ours["elements"])):
            reason = "one AI twice with one value: told once"
        report.note(kind, text, None if error else ours["elements"], theirs, reason)
        if theirs is not None and not error and not reason:
            report.note("element_strings printed", text, ours["fnc1"], "".join(
                es.ai.ai + es.value + (FNC1 if es.ai.separator_required else "")
                for es in message.element_strings).removesuffix(FNC1))


def digital_links(rng, count, report, binary):
    qualified = {"01": ["22", "10", "21"], "8006": ["22", "10", "21"], "8010": ["8011"], "414": ["254"]}
    qualified |= {k: [] for k in ["00", "253", "255", "401", "402", "417", "8003", "8004", "8013", "8017", "8018"]}
    quote = lambda text: urllib.parse.quote(text, safe=rng.choice(["", "'", "'();=!*,"]))
    cases = []
    for _ in range(count):
        key = rng.choice(list(qualified))
        value = data(rng, key)
        if key == "8010":
            value = "40123" + value[5:]
        path = [key, quote(value)]
        for qualifier in qualified[key]:
            if rng.random() < 0.5:
                path += [qualifier, quote(data(rng, qualifier))]
        query = [f"{ai}={quote(data(rng, ai))}" for ai in rng.sample(["17", "11", "37", "3103", "710"], rng.randint(0, 2))]
        query += ["lang=en"] if rng.random() < 0.2 else []
        rng.shuffle(query)
        prefix = rng.choice(["", "", "/shop", "/shop/en"])
        uri = f"{rng.choice(['https', 'http'])}://{rng.choice(['id.gs1.org', 'example.com'])}{prefix}/{'/'.join(path)}"
        uri += "?" + "&".join(query) if query else ""
        if rng.random() < 0.2:
            uri = broken(rng, uri)
        cases.append(("digital_link", uri.strip()))
    for (kind, uri), ours in zip(cases, read(binary, cases)):
        reason = None
        try:
            link = GS1DigitalLinkURI.parse(uri)
            theirs = sorted([e.ai.ai, e.value] for e in link.element_strings)
            if any(e.gtin_error or e.gln_error or e.sscc_error for e in link.element_strings):
                theirs = None
        except (biip.ParseError, ValueError, KeyError):
            theirs = None
        error = ours.get("error", "")
        if theirs is not None and error:
            if ";" in uri.partition("?")[2] and "check digit" not in error:
                reason = "a semicolon in the query ends a parameter (URI syntax 1.2, 4)"
            elif "check digit" in error or "digits only" in error:
                reason = "check digits of further keys (GenSpecs 3)"
            elif "there are at least 1" in error and uri.partition("?")[2]:
                reason = "an attribute without value: biip leaves it out"
            elif "comes twice" in error:
                reason = "one AI with two values (GenSpecs 4.13)"
            elif "GTIN of" in error:
                reason = "GTIN of another length: biip fills up with zeros"
            elif "broken escape" in error:
                reason = "a broken escape: biip takes it as it stands (RFC 3986, 2.1)"
            elif "no domain" in error or "no GS1 key" in error or "begins with http" in error:
                reason = "a URI without domain or with another scheme"
        elif theirs is None and not error:
            reason = "a path that has the key's number twice: biip takes the first, whatever follows"
            names = [ai for ai, _ in ours["elements"]]
            if {"8010", "8003"} & set(names):
                reason = "biip has a narrower pattern (8003 begins with 0, 8010 has 5)"
        elif theirs is not None and sorted(map(list, set(map(tuple, theirs)))) == sorted(ours["elements"]) != theirs:
            reason = "one AI twice with one value: told once"
        elif theirs is not None and sorted(ours["elements"]) != theirs and ";" in uri.partition("?")[2]:
            reason = "a semicolon in the query ends a parameter (URI syntax 1.2, 4)"
        report.note(kind, uri, None if error else sorted(ours["elements"]), theirs, reason)
        if theirs is not None and not error and not reason:
            # biip escapes ' ; and =, which table 7-1 of the URI syntax leaves as they are.
            plain = lambda text: urllib.parse.unquote(text)
            report.note("digital_link printed", uri, plain(ours["canonical"]), plain(link.as_canonical_uri()))


# Part 2: event hashes against epcis-event-hash-generator.

NAMESPACES = {
    "ext": "https://ns.example.com/epcis/",
    "other": "http://ns.example.org/#",
    "plain": "urn:example:plain",
    "cbvmda": "urn:epcglobal:cbv:mda:",
}


def reference_json(document):
    """What the reference reads in JSON, or why it does not; one per event."""
    json_to_py._namespaces.clear()
    document = copy.deepcopy(document)
    context = json.dumps(document["@context"]).replace("/standards/epcis/epcis-context", "/standards/epcis/2.0.0/epcis-context")
    document["@context"] = json.loads(context)
    try:
        events = json_to_py.event_list_from_epcis_document_json(document)
    except Exception as error:  # whatever it is, it is the answer
        return f"{type(error).__name__}: {error}"
    return hash_generator.derive_prehashes_from_events(events, "")


def reference_xml(text):
    return hash_generator.derive_prehashes_from_events(xml_to_py.event_list_from_epcis_document_str(text), "")


def as_xml_says(document):
    """The document with what the reference reads differently in JSON and XML written as XML has it:
    truth values as text, types before identifiers, and the prefixes of the EPCIS context declared."""

    def walk(value):
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, list):
            return [walk(member) for member in value]
        if isinstance(value, dict):
            ordered = sorted(value.items(), key=lambda member: member[0] != "type") if {
                "bizTransaction", "source", "destination"} & set(value) else value.items()
            return {key: walk(member) for key, member in ordered}
        return value

    document = walk(document)
    context = document["@context"]
    declared = {prefix for part in context if isinstance(part, dict) for prefix in part}
    standard = {"cbvmda": "urn:epcglobal:cbv:mda:", "gs1": "https://gs1.org/voc/", "cbv": "https://ref.gs1.org/cbv/"}
    document["@context"] = context + [{p: n} for p, n in standard.items() if p not in declared]
    return document


def gs1_identifier(rng, kinds):
    prefix_length = rng.randint(6, 12)
    prefix = digits(rng, prefix_length)
    # The reference knows a GTIN's serial without escapes in Digital Links only.
    serial = "".join(rng.choice("ABCabc0123456789-._'=;") for _ in range(rng.randint(1, 12)))
    odd = serial[:4] + rng.choice(["%2F", "%22", "!", "(", ")", "*", "+", ",", ":", "%3C", "%26"])
    fill = lambda total: digits(rng, total - prefix_length)
    kind = rng.choice(kinds)
    if kind == "sgtin":
        return f"urn:epc:id:sgtin:{prefix}.{fill(13)}.{rng.choice([serial, odd])}"
    if kind == "sscc":
        return f"urn:epc:id:sscc:{prefix}.{fill(17)}"
    if kind == "sgln":
        return f"urn:epc:id:sgln:{prefix}.{fill(12)}.{rng.choice(['0', serial, odd])}"
    if kind == "pgln":
        return f"urn:epc:id:pgln:{prefix}.{fill(12)}"
    if kind == "lgtin":
        return f"urn:epc:class:lgtin:{prefix}.{fill(13)}.{rng.choice([serial, odd])}"
    if kind == "pattern":
        return f"urn:epc:idpat:sgtin:{prefix}.{fill(13)}.*"
    if kind == "grai" and prefix_length < 12:
        return f"urn:epc:id:grai:{prefix}.{fill(12)}.{serial}"
    if kind == "gdti":
        return f"urn:epc:id:gdti:{prefix}.{fill(12)}.{serial}"
    if kind == "giai":
        return f"urn:epc:id:giai:{prefix}.{serial}"
    domain = rng.choice(["https://id.gs1.org", "https://example.com", "http://shop.example.org/a/b"])
    query = rng.choice(["", "", "?17=271231", "?lang=en"])
    if kind == "link-sgtin":
        gtin = completed(digits(rng, rng.choice([11, 12, 13])))
        lot = rng.choice(["", "", "/10/L1", "/lot/L2", "/22/2/10/L3"])
        return f"{domain}/{rng.choice(['01', 'gtin'])}/{gtin}{lot}/{rng.choice(['21', 'ser'])}/{serial[:8]}{query}"
    if kind == "link-lot":
        return f"{domain}/01/{completed(digits(rng, 13))}/10/{serial}{query}"
    if kind == "link-class":
        return f"{domain}/gtin/{completed(digits(rng, 13))}{query}"
    if kind == "link-sscc":
        return f"{domain}/{rng.choice(['00', 'sscc'])}/{completed(digits(rng, 17))}{query}"
    if kind == "link-gln":
        return f"{domain}/{rng.choice(['414', 'gln'])}/{completed(digits(rng, 12))}{rng.choice(['', '/254/' + serial])}{query}"
    return rng.choice(["https://example.org/places/1", "geo:50.9475,6.9221", "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6"])


UNITS = ["sgtin", "sscc", "grai", "giai", "link-sgtin", "link-sscc", "sgtin"]
CLASSES = ["lgtin", "pattern", "link-lot", "link-class"]
PLACES = ["sgln", "link-gln", "other"]


def time(rng):
    fraction = rng.choice(["", ".5", ".116", ".1164", ".1165", ".1175", ".116500", ".9994", ".1234567"])
    zone = rng.choice(["Z", "+01:00", "-06:00", "+05:30", "+14:00", "-12:00"])
    return (f"{rng.randint(1999, 2040)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}T"
            f"{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:{rng.randint(0, 59):02}{fraction}{zone}")


def number(rng):
    return rng.choice([rng.randint(0, 10**6), rng.randint(0, 2**64), rng.random(), rng.random() * 1e-6, float(rng.randint(0, 9)),
                       rng.random() * 1e9, 12.50, 1e22, 0.1, 5e-324, rng.uniform(-40, 40)])


def word(rng, vocabulary, kind):
    context = CONTEXT[vocabulary]
    bare = rng.choice(sorted(context))
    urn = {"bizStep": "urn:epcglobal:cbv:bizstep:", "disposition": "urn:epcglobal:cbv:disp:", "btt": "urn:epcglobal:cbv:btt:", "sdt": "urn:epcglobal:cbv:sdt:"}
    forms = [bare, bare, "https://" + context[bare].replace("cbv:", "ref.gs1.org/cbv/").replace("gs1:", "gs1.org/voc/")]
    if vocabulary in urn:
        forms += [urn[vocabulary] + bare, "https://vocabulary.example.com/own"]
    return rng.choice(forms)


def scalar(rng):
    """A value of an extension."""
    return rng.choice([
        lambda: "".join(rng.choice(string.ascii_letters + " äöß€<&") for _ in range(rng.randint(1, 9))) + "x",
        lambda: str(number(rng)), lambda: number(rng), lambda: rng.random() < 0.5,
        lambda: rng.choice(["007", "1.50", "+5", "1e3", "  padded ", "", "0x1", "12_34", "2013-06-08T14:58:56.591Z", "-0.0"]),
        lambda: gs1_identifier(rng, UNITS), lambda: rng.choice(["ext:thing", "gs1:Mass", "cbv:Disp-active"]),
    ])()


def extension(rng, prefix, depth=0):
    if depth < 3 and rng.random() < 0.35:
        return {f"{rng.choice([prefix, 'ext', 'other'])}:f{n}": extension(rng, prefix, depth + 1) for n in range(rng.randint(1, 3))}
    if depth < 3 and rng.random() < 0.25:
        return [extension(rng, prefix, 3) if rng.random() < 0.7 else {f"{prefix}:m": scalar(rng)} for _ in range(rng.randint(1, 3))]
    return scalar(rng)


def extensions(rng, chance):
    found = {}
    while rng.random() < chance:
        prefix = rng.choice(["ext", "ext", "other", "plain"])
        found[f"{prefix}:{rng.choice('abcdefgh')}{rng.randint(0, 99)}"] = extension(rng, prefix)
    return found


def attributes(rng):
    """Extensions where XML has attributes: text only."""
    return {f"ext:{rng.choice('stuv')}": rng.choice(["7.0", "some text", "true"])} if rng.random() < 0.3 else {}


def maybe(rng, chance, **fields):
    return {key: make() for key, make in fields.items() if rng.random() < chance}


def quantities(rng):
    found = []
    for _ in range(rng.randint(1, 3)):
        element = {"epcClass": gs1_identifier(rng, CLASSES)}
        if rng.random() < 0.8:
            element["quantity"] = abs(number(rng))
            element.update(maybe(rng, 0.5, uom=lambda: rng.choice(["KGM", "LTR", "C62"])))
        found.append(element)
    return found


def typed(rng, name, vocabulary, kinds):
    found = []
    for _ in range(rng.randint(1, 3)):
        pair = [("type", word(rng, vocabulary, None)), (name, gs1_identifier(rng, kinds))]
        if rng.random() < 0.3:
            pair.reverse()
        found.append(dict(pair))
    return found


def sensor_elements(rng):
    found = []
    for _ in range(rng.randint(1, 2)):
        metadata = maybe(rng, 0.4, time=lambda: time(rng), startTime=lambda: time(rng), endTime=lambda: time(rng),
                         deviceID=lambda: gs1_identifier(rng, ["giai"]), deviceMetadata=lambda: "https://example.org/d",
                         rawData=lambda: "https://example.org/r", dataProcessingMethod=lambda: gs1_identifier(rng, ["gdti"]),
                         bizRules=lambda: "https://example.com/253/4012345000054987")
        metadata.update(attributes(rng))
        reports = []
        for _ in range(rng.randint(1, 3)):
            report = {"type": word(rng, "measurement", None)}
            report.update(maybe(rng, 0.3, exception=lambda: "ALARM_CONDITION", deviceID=lambda: gs1_identifier(rng, ["giai"]),
                                time=lambda: time(rng), microorganism=lambda: "https://www.ncbi.nlm.nih.gov/taxonomy/1126011",
                                chemicalSubstance=lambda: "https://identifiers.org/inchikey:CZMRCDWAGMRECN-UGDNZRGBSA-N",
                                value=lambda: number(rng), component=lambda: word(rng, "component", None),
                                stringValue=lambda: "text here", booleanValue=lambda: rng.random() < 0.5,
                                hexBinaryValue=lambda: rng.choice(["f0f0", "00e1", "12"]), uriValue=lambda: "https://id.gs1.org/8004/4000001111",
                                minValue=lambda: number(rng), maxValue=lambda: number(rng), meanValue=lambda: number(rng),
                                sDev=lambda: number(rng), percRank=lambda: number(rng), percValue=lambda: number(rng),
                                uom=lambda: "CEL", coordinateReferenceSystem=lambda: "https://example.org/crs"))
            report.update(attributes(rng))
            reports.append(report)
        element = {"sensorMetadata": metadata} if metadata else {}
        element["sensorReport"] = reports
        element.update(extensions(rng, 0.3))
        found.append(element)
    return found


def place(rng):
    return {"id": gs1_identifier(rng, PLACES), **extensions(rng, 0.25)}


def master_data(rng):
    return {"cbvmda:lotNumber": rng.choice(["LOT7", "0007"]), "cbvmda:itemExpirationDate": "2027-12-31", **extensions(rng, 0.4)}


def event(rng):
    kind = rng.choice(["ObjectEvent", "AggregationEvent", "TransactionEvent", "TransformationEvent", "AssociationEvent"])
    units = lambda: [gs1_identifier(rng, UNITS) for _ in range(rng.randint(1, 5))]
    found = {"type": kind, "eventTime": time(rng), "eventTimeZoneOffset": rng.choice(["+01:00", "-06:00", "+00:00"])}
    action = rng.choice(["ADD", "OBSERVE", "DELETE"])
    if kind == "ObjectEvent":
        found |= {"action": action, "epcList": units()} | maybe(rng, 0.4, quantityList=lambda: quantities(rng))
    elif kind == "TransactionEvent":
        found |= {"action": action, "epcList": units()} | maybe(rng, 0.4, quantityList=lambda: quantities(rng), parentID=lambda: gs1_identifier(rng, ["sscc"]))
        found["bizTransactionList"] = typed(rng, "bizTransaction", "btt", ["gdti", "other"])
    elif kind == "TransformationEvent":
        found |= {"inputEPCList": units(), "outputQuantityList": quantities(rng)}
        found |= maybe(rng, 0.4, inputQuantityList=lambda: quantities(rng), outputEPCList=units, transformationID=lambda: gs1_identifier(rng, ["gdti"]))
    else:
        found |= {"action": action, "parentID": gs1_identifier(rng, ["sscc", "link-sscc", "grai", "sgtin"]), "childEPCs": units()}
        found |= maybe(rng, 0.4, childQuantityList=lambda: quantities(rng))
    if kind == "TransformationEvent" or (kind == "ObjectEvent" and action == "ADD"):
        found |= maybe(rng, 0.5, ilmd=lambda: master_data(rng))
    found |= maybe(rng, 0.5, bizStep=lambda: word(rng, "bizStep", None), disposition=lambda: word(rng, "disposition", None),
                   readPoint=lambda: place(rng), bizLocation=lambda: place(rng),
                   bizTransactionList=lambda: found.get("bizTransactionList") or typed(rng, "bizTransaction", "btt", ["gdti", "other"]),
                   sourceList=lambda: typed(rng, "source", "sdt", ["pgln", "sgln"]), destinationList=lambda: typed(rng, "destination", "sdt", ["pgln", "sgln"]))
    found |= maybe(rng, 0.3, sensorElementList=lambda: sensor_elements(rng), certificationInfo=lambda: ["https://example.org/c2", "https://example.org/c1"],
                   persistentDisposition=lambda: maybe(rng, 0.6, set=lambda: [word(rng, "disposition", None) for _ in range(2)]) | {"unset": [word(rng, "disposition", None)]},
                   eventID=lambda: "urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8", recordTime=lambda: time(rng))
    if rng.random() < 0.2:
        found["errorDeclaration"] = {"declarationTime": time(rng), "reason": "incorrect_data"}
    if rng.random() < 0.1:
        found["rdfs:comment"] = "not part of the hash"
    found |= extensions(rng, 0.4)
    members = list(found.items())
    rng.shuffle(members)
    return dict(members)


def document(events, declare=True):
    context = [EPCIS] + [{prefix: namespace} for prefix, namespace in NAMESPACES.items() if declare or prefix != "cbvmda"]
    return {"@context": context, "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-01-01T00:00:00Z",
            "epcisBody": {"eventList": events}}


# The same event in XML, as EPCIS 2.0, section 9 has it.

VOCABULARY_OF = {"bizStep": "bizStep", "disposition": "disposition", "set": "disposition", "unset": "disposition"}


def text_of(value):
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def expanded(vocabulary, value):
    term = CONTEXT[vocabulary].get(value)
    return value if term is None else term.replace("cbv:", "https://ref.gs1.org/cbv/").replace("gs1:", "https://gs1.org/voc/")


def tag(name, value):
    """An element, or one for each member of an array."""
    if isinstance(value, list):
        return "".join(tag(name, member) for member in value)
    if isinstance(value, dict):
        return f"<{name}>{''.join(tag(key, member) for key, member in value.items())}</{name}>"
    return f"<{name}>{sax.escape(curie(text_of(value)))}</{name}>"


def curie(text):
    # XML has no compact URIs of own prefixes.
    return NAMESPACES["ext"] + text[4:] if text.startswith("ext:") else text


def attribute(name, value):
    vocabulary = {"type": "measurement", "exception": "exception", "component": "component"}.get(name)
    value = expanded(vocabulary, value) if vocabulary else text_of(value)
    return f" {name}={sax.quoteattr(value)}"


def to_xml(found):
    out = ""
    for key, value in found.items():
        if key in ("type", "rdfs:comment"):
            continue
        if key in ("epcList", "inputEPCList", "outputEPCList", "childEPCs"):
            out += f"<{key}>{tag('epc', value)}</{key}>"
        elif key.endswith(("quantityList", "QuantityList")):
            out += f"<{key}>{tag('quantityElement', value)}</{key}>"
        elif key in ("bizTransactionList", "sourceList", "destinationList"):
            name, vocabulary = {"b": ("bizTransaction", "btt"), "s": ("source", "sdt"), "d": ("destination", "sdt")}[key[0]]
            out += f"<{key}>" + "".join(f"<{name} type={sax.quoteattr(expanded(vocabulary, v['type']))}>{sax.escape(v[name])}</{name}>" for v in value) + f"</{key}>"
        elif key in ("bizStep", "disposition"):
            out += tag(key, expanded(key, value))
        elif key == "persistentDisposition":
            out += tag(key, {k: [expanded("disposition", w) for w in words] for k, words in value.items()})
        elif key == "sensorElementList":
            out += f"<{key}>"
            for element in value:
                out += "<sensorElement>"
                if "sensorMetadata" in element:
                    out += f"<sensorMetadata{''.join(attribute(k, v) for k, v in element['sensorMetadata'].items())}/>"
                out += "".join(f"<sensorReport{''.join(attribute(k, v) for k, v in report.items())}/>" for report in element["sensorReport"])
                out += "".join(tag(k, v) for k, v in element.items() if not k.startswith("sensor")) + "</sensorElement>"
            out += f"</{key}>"
        else:
            out += tag(key, value)
    declared = "".join(f" xmlns:{p}={sax.quoteattr(n)}" for p, n in NAMESPACES.items())
    return (f"<epcis:EPCISDocument xmlns:epcis='urn:epcglobal:epcis:xsd:2'{declared}><EPCISBody><EventList>"
            f"<{found['type']}>{out}</{found['type']}></EventList></EPCISBody></epcis:EPCISDocument>")


def read_alike(found):
    """The event without what the reference reads differently in JSON and in XML."""

    def walk(value):
        if isinstance(value, list):
            return [walk(member) for member in value]
        if isinstance(value, dict):
            return {key: walk(member) for key, member in value.items() if key != "booleanValue"}
        return "plain text" if isinstance(value, str) and value.startswith(("gs1:", "cbv:")) else value

    return walk(as_xml_says({"@context": [], "event": found})["event"])


def hashes(rng, count, report, binary):
    events = [event(rng) for _ in range(count)]
    events[::2] = [read_alike(found) for found in events[::2]]
    ours = read(binary, [("document", json.dumps(document([found]))) for found in events])
    for found, mine in zip(events, ours):
        result = mine.get("events", [mine])[0]
        mine, name = result.get("pre_hash", result), result.get("hash")
        as_json = reference_json(as_xml_says(document([found])))
        report.note("event hash, JSON of XML's meaning", found, [mine], as_json)
        report.note("event hash, ni URI", found, [name], hash_generator.calculate_hashes_from_pre_hashes(as_json))
        report.note("event hash, XML", found, [mine], reference_xml(to_xml(found)))
        plain = reference_json(document([found]))
        text = json.dumps(found)
        reasons = []
        if "true" in text or "false" in text:
            reasons.append("truth values")
        if any(list(p)[0] != "type" for l in ("bizTransactionList", "sourceList", "destinationList") for p in found.get(l, [])):
            reasons.append("identifier before type")
        if '"gs1:' in text or '"cbv:' in text:
            reasons.append("compact URIs of the EPCIS context")
        report.note("event hash, JSON as it is", found, [mine], plain, f"reference reads JSON and XML apart: {', '.join(reasons)}" if reasons else None)


def identifiers(rng, count, report, binary):
    from epcis_event_hash_generator.dl_normaliser import normaliser
    kinds = UNITS + CLASSES + PLACES + ["pgln", "gdti", "giai", "grai"]
    cases = []
    for _ in range(count):
        text = gs1_identifier(rng, kinds)
        cases.append(("identifier", broken(rng, text) if rng.random() < 0.3 else text))
    for (kind, text), ours in zip(cases, read(binary, cases)):
        theirs, mine, reason = normaliser(text), ours["canonical"], None
        if mine and not theirs:
            if "%" in text and text.startswith("http"):
                reason = "escapes in a Digital Link: the reference leaves the URI as it is (CBV 8.9, rule 18)"
            elif "/22/" in text or "/cpv/" in text:
                reason = "more than 20 characters after a consumer product variant (CBV 8.9, rule 18)"
            elif "." not in text.partition("?")[0]:
                reason = "a domain without a dot"
        if theirs and not mine:
            if "gdti" in text:
                reason = "GDTI with a serial of 18 to 20 characters or without its dot (TDS 6.3)"
            elif not text.startswith(("https://", "http://", "urn:")):
                reason = "no domain after the scheme: the reference takes any text there (RFC 3986, 3.2)"
        if mine and theirs and mine != theirs and not text.startswith(("https://id.gs1.org/", "http://id.gs1.org/")):
            if theirs[:8] + "id.gs1.org" + theirs[18:] == mine:
                reason = "a domain that is id.gs1.org but for a dot: the reference takes any character there"
        report.note("identifier", text, mine, theirs, reason)


def stored(report, binary, rewrite):
    expected = {}
    for path in sorted((DATA / "reference").glob("*.jsonld")):
        text = path.read_text()
        theirs = reference_json(as_xml_says(json.loads(text)))
        ours = [e.get("pre_hash", e) for e in read(binary, [("document", text)])[0]["events"]]
        report.note("example documents", path.name, ours, theirs)
        apart = "truth values or prefixes of the EPCIS context" if "true" in text or "cbvmda:" in text else None
        report.note("example documents, JSON as it is", path.name, ours, reference_json(json.loads(text)), apart)
        expected[path.name] = hash_generator.calculate_hashes_from_pre_hashes(theirs)
    if rewrite:
        (DATA / "expected.json").write_text(json.dumps(expected, indent="\t") + "\n")


def deviations(report, binary):
    """Events that the reference reads wrongly or not at all; see README.md."""
    base = {"type": "ObjectEvent", "eventTime": "2026-01-01T00:00:00Z", "eventTimeZoneOffset": "+01:00", "action": "OBSERVE",
            "epcList": ["urn:epc:id:sscc:4012345.0000000333"]}
    cases = {
        "a transaction without type stops it": {"bizTransactionList": [{"bizTransaction": "urn:x:1"}]},
        "free text that is a bare word elsewhere is replaced": {"bizStep": "shipping", "ext:note": "shipping"},
        "half a millisecond before the second stops it": {"eventTime": "2026-01-01T00:00:00.9996Z"},
        "a text that reads as infinity stops it": {"ext:note": "infinity"},
        "null is read as None": {"ext:note": None},
        "GRAI with a company prefix of 12 digits is left as it is": {"epcList": ["urn:epc:id:grai:401234500022..334455"]},
        "a Digital Link with escapes on another domain is left as it is": {"epcList": ["https://example.com/01/04012345111118/21/98%22"]},
        "extensions of a transaction are left out": {
            "bizTransactionList": [{"type": "po", "bizTransaction": "urn:x:1", "ext:a": "1"}]},
        "members beside a member named source are not sorted": {"ext:a": {"source": "s", "ext:b": 1, "ext:a": 2}},
        "the context of an event is part of it": {"@context": {"more": "https://more.example.com/"}},
        "a Digital Link with a fragment is left as it is": {"epcList": ["https://id.gs1.org/01/04012345111118/21/9#top"]},
        "a service relation instance is left in": {"epcList": ["https://example.com/8018/385888700111111111/8019/5"]},
        "prefixes of the EPCIS context that are not declared again are left": {"action": "ADD", "ilmd": {"cbvmda:lotNumber": "A"}},
    }
    for reason, change in cases.items():
        found = base | change
        mine = read(binary, [("document", json.dumps(document([found], declare=False)))])[0]["events"][0]
        assert "hash" in mine, mine
        theirs = reference_json(document([found], declare=False))
        if [mine["pre_hash"]] == theirs:
            report.wrong.append(("deviation that is none", reason, mine, theirs))
        report.note("deviation", reason, [mine["pre_hash"]], theirs, reason)


def load_context():
    import importlib.resources
    name = "e532647e8eb371379b8b0e8602d8981c8566bc60f7351f22c76a5bc865962008.jsonld"
    with importlib.resources.files("epcis_event_hash_generator").joinpath(name).open() as file:
        context = json.load(file)["@context"]
    report = context["sensorElementList"]["@context"]["sensorReport"]["@context"]
    return {"bizStep": context["bizStep"]["@context"], "disposition": context["disposition"]["@context"],
            "btt": context["bizTransactionList"]["@context"]["type"]["@context"],
            "sdt": context["sourceList"]["@context"]["type"]["@context"], "measurement": report["type"]["@context"],
            "exception": report["exception"]["@context"], "component": report["component"]["@context"]}


CONTEXT = load_context()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--read", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=600, help="events; keys and codes are five times as many")
    parser.add_argument("--expected", action="store_true")
    options = parser.parse_args()
    rng, report = random.Random(options.seed), Report()
    keys(rng, options.count * 5, report, options.read)
    element_strings(rng, options.count * 5, report, options.read)
    digital_links(rng, options.count * 5, report, options.read)
    identifiers(rng, options.count * 5, report, options.read)
    stored(report, options.read, options.expected)
    deviations(report, options.read)
    hashes(rng, options.count, report, options.read)
    report.show()
    sys.exit(1 if report.wrong else 0)


main()
