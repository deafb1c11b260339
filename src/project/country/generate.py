#!/usr/bin/env python3
"""Rebuild countries.tsv from the Unicode CLDR JSON packages.

Usage, in an empty folder:
    npm pack cldr-core@48.2.0 cldr-localenames-full@48.2.0
    (unpack each into a folder of its own name)
    python3 generate.py CLDR_CORE_FOLDER CLDR_LOCALENAMES_FOLDER > countries.tsv

Each line: alpha-2, alpha-3, numeric code, then every name of the territory in the languages
below, without repeats. The names of the first language (English) come first.
"""
import json
import sys
from pathlib import Path

LANGUAGES = ["en", "de", "fr", "es", "it", "pt", "nl", "da", "sv", "nb", "fi", "pl", "cs", "tr", "ru", "ja", "zh"]
# Codes that CLDR lists though they are no ISO 3166-1 country. Kosovo (XK) is user-assigned but in
# common use, and stays.
NOT_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
# Spellings people type that CLDR does not list.
EXTRA = {
    "GB": ["Great Britain", "England", "Scotland", "Wales", "Northern Ireland", "U.K.",
           "United Kingdom of Great Britain and Northern Ireland"],
    "US": ["United States of America", "U.S.A.", "U.S.", "The United States", "America"],
    "GR": ["EL"],
    "NL": ["Holland", "The Netherlands"],
    "DE": ["Federal Republic of Germany", "Bundesrepublik Deutschland", "BRD"],
    "KR": ["Korea, Republic of", "Republic of Korea"],
    "RU": ["Russian Federation"],
    "VN": ["Viet Nam"],
    "AE": ["UAE", "U.A.E."],
    "CZ": ["Czech Rep."],
    "CH": ["Swiss Confederation"],
    "TW": ["Taiwan, Province of China"],
    "IR": ["Iran, Islamic Republic of"],
    "BO": ["Bolivia, Plurinational State of"],
    "VE": ["Venezuela, Bolivarian Republic of"],
    "TZ": ["Tanzania, United Republic of"],
    "MD": ["Moldova, Republic of"],
    "SY": ["Syrian Arab Republic"],
    "LA": ["Lao People's Democratic Republic"],
    "BN": ["Brunei Darussalam"],
}


def main():
    core, names = Path(sys.argv[1]), Path(sys.argv[2])
    codes = json.loads((core / "package/supplemental/codeMappings.json").read_text("utf-8"))
    codes = codes["supplemental"]["codeMappings"]
    spellings = {}
    for language in LANGUAGES:
        path = names / f"package/main/{language}/territories.json"
        table = json.loads(path.read_text("utf-8"))["main"][language]["localeDisplayNames"]["territories"]
        for key, name in table.items():
            # Two-letter abbreviations of other languages collide with codes (RU is Reino Unido).
            if language != "en" and sum(c.isascii() and c.isalpha() for c in name) == sum(c.isalpha() for c in name) <= 2:
                continue
            spellings.setdefault(key[:2] if "-alt-" in key else key, []).append(name)
    print("# Origin: Unicode CLDR 48.2 (npm: cldr-core, cldr-localenames-full), licence Unicode-3.0, see")
    print("# LICENSE-UNICODE; written by generate.py. alpha-2, alpha-3, numeric, names.")
    for alpha2 in sorted(spellings):
        code = codes.get(alpha2, {})
        if len(alpha2) != 2 or not alpha2.isalpha() or alpha2 in NOT_COUNTRIES:
            continue
        if "_alpha3" not in code or "_numeric" not in code:
            continue
        unique = list(dict.fromkeys(spellings[alpha2] + EXTRA.get(alpha2, [])))
        alpha3 = "XKX" if alpha2 == "XK" else code["_alpha3"]
        print("\t".join([alpha2, alpha3, code["_numeric"], *unique]))


main()
