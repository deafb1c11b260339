#!/usr/bin/env python3
"""Compute, without pqm, what the run of this example must leave behind, and compare.

    python3 oracle.py              after `pqm project run examples/prospect-to-cash`
    python3 oracle.py --expect     prints only the expected counts

Written from the prose in README.md. Compares the three tables of out/sales.sqlite row by row, and the
rejected rows (task, row, column, reason code) with the latest run in .pqm/history.sqlite. Exits 1 on any
difference, 2 when there is nothing to compare.
"""
import csv
import json
import re
import sqlite3
import sys
from datetime import date
from pathlib import Path

HERE = Path(__file__).resolve().parent
TWO = {}    # spelling, lower case -> alpha-2 code
for code, spellings in {
    "DE": "de deu 276 germany deutschland", "FR": "fr fra 250 france frankreich",
    "GB": "gb gbr 826 uk u.k. england|united kingdom|great britain|royaume-uni", "IE": "ie irl 372 ireland",
    "US": "us usa 840 u.s.a.|united states|united states of america", "DK": "dk dnk 208 denmark danmark",
    "AT": "at aut 040 austria österreich", "CH": "ch che 756 schweiz suisse switzerland",
    "NL": "nl nld 528 niederlande netherlands holland|the netherlands", "PL": "pl pol 616 polska poland",
    "CZ": "cz cze 203 czechia česko|czech republic", "ES": "es esp 724 españa spain",
    "IT": "it ita 380 italia italy", "SE": "se swe 752 sverige sweden", "NO": "no nor 578 norge",
    "TR": "tr tur 792 türkiye turkey", "CI": "ci civ 384|côte d'ivoire|ivory coast", "JP": "jp jpn 392 日本 japan",
    "BR": "br bra 076 brasil brazil", "RU": "ru rus 643|russian federation",
    "KR": "kr kor 410|south korea|korea, republic of", "VN": "vn vnm 704|viet nam", "AE": "ae are 784 uae",
    "TW": "tw twn 158 taiwan",
}.items():
    first, *phrases = spellings.split("|")
    for spelling in first.split() + phrases:
        TWO[spelling] = code
THREE = {"DE": "DEU", "FR": "FRA", "GB": "GBR", "IE": "IRL", "US": "USA", "DK": "DNK", "AT": "AUT", "CH": "CHE",
         "NL": "NLD", "PL": "POL", "ES": "ESP", "IT": "ITA", "SE": "SWE", "NO": "NOR", "TR": "TUR", "BR": "BRA"}


def country(text):
    return TWO.get((text or "").strip().lower())


def iso_date(text, pattern=r"(\d{4})-(\d{2})-(\d{2})", order=(0, 1, 2)):
    """The date as ISO text; raises ValueError if there is no such date."""
    found = re.fullmatch(pattern, text)
    if not found:
        raise ValueError(text)
    parts = [int(found.groups()[i]) for i in order]
    return date(*parts).isoformat()


def number(value):
    """A number from JSON or from text with optional thousands separators; ValueError otherwise."""
    if isinstance(value, (int, float)):
        return float(value)
    if not re.fullmatch(r"-?\d{1,3}(,\d{3})*(\.\d+)?|-?\d+(\.\d+)?", value):
        raise ValueError(value)
    return float(value.replace(",", ""))


def first_of_each(rows, key):
    seen, kept = set(), []
    for row in rows:
        k = key(row)
        if k not in seen:
            seen.add(k)
            kept.append(row)
    return kept


def read_csv(name, **options):
    with open(HERE / "data" / name, newline="", encoding=options.pop("encoding", "utf-8")) as file:
        return list(csv.DictReader(file, **options))


def deliver(rows, compute, key):
    """Rows that leave a query, in order -> (table by key, rejections). Row numbers count from 1."""
    table, rejected = {}, set()
    for n, row in enumerate(rows, 1):
        values, problems = compute(row)
        if problems:
            rejected |= {(n, column, code) for column, code in problems}
        elif values[key] is None or not str(values[key]).strip():
            rejected.add((n, key, "key-missing"))
        elif values[key] in table:
            rejected.add((n, key, "key-duplicate"))
        else:
            table[values[key]] = values
    return table, rejected


def accounts():
    territories = {t["Code"]: t for t in read_csv("territories.csv")}
    source = read_csv("accounts.csv")
    rows = [dict(r, number=r["Account Number"].strip().upper(), name=r["Account Name"].strip())
            for r in source if r["Status"] not in ("Closed", "Test")]
    rows = first_of_each(rows, lambda r: (r["number"], r["name"]))

    def compute(r):
        problems = []
        parts = (r["Address"].split("; ") if r["Address"] else []) + [None] * 3
        code = country(r["Country"])
        if r["Country"].strip() and code is None:
            problems.append(("country_code", "country-unknown"))
        revenue = None
        try:
            revenue = number(r["Annual Revenue"]) if r["Annual Revenue"] else None
        except ValueError:
            problems.append(("annual_revenue", "cell-error"))
        try:
            since = iso_date(r["Customer Since"])
        except ValueError:
            since = None
        employees = int(r["Employees"]) if r["Employees"] else None
        size = ("Unknown" if employees is None else "Enterprise" if employees >= 1000
                else "Mid-market" if employees >= 50 else "Small")
        territory = territories.get(r["Territory Code"], {})
        return {
            "account_number": r["number"], "name": r["name"][:30], "street": parts[0], "city": parts[1],
            "postcode": parts[2], "country_code": code, "industry": r["Industry"] or "Unclassified",
            "annual_revenue": revenue, "employees": employees, "size": size, "customer_since": since,
            "status_code": {"Active": 1, "Prospect": 2, "On hold": 3}.get(r["Status"], 0),
            "territory": territory.get("Territory", "Unassigned"), "manager": territory.get("Manager"),
            "company_code": "USMF", "notes": r["Notes"] or None, "source_system": "CRM-EU",
        }, problems

    return len(source), len(rows), *deliver(rows, compute, "account_number")


def contacts(landed):
    source = read_csv("contacts.csv", encoding="cp1252", delimiter=";")
    rows = [{k: v.strip() if k in ("Contact Id", "Full Name", "E-mail") else v for k, v in r.items()}
            for r in source]
    rows = first_of_each([r for r in rows if r["E-mail"]], lambda r: tuple(r.values()))
    rows = [r for r in rows if r["Account"] in landed]

    def compute(r):
        problems = []
        last, comma, first = r["Full Name"].partition(", ")
        born = None
        try:
            if r["Birth Date"]:
                born = iso_date(r["Birth Date"], r"(\d{2})/(\d{2})/(\d{4})", (2, 1, 0))
        except ValueError:
            problems.append(("birth_date", "cell-error"))
        consent = {"Yes": 1, "yes": 1, "Y": 1, "No": 0, "N": 0, "": 0}.get(r["Opt In"])
        if consent is None:
            problems.append(("marketing_consent", "value-not-mapped"))
        code = country(r["Country"])
        return {
            "contact_id": r["Contact Id"], "first_name": first if comma else None, "last_name": last,
            "full_name": (f"{first} {last}" if comma else last)[:16], "email": r["E-mail"].lower(),
            "phone": r["Phone"][:20], "account_number": r["Account"],
            "account_name": landed[r["Account"]]["name"], "country_code": THREE[code] if code else "ZZZ",
            "birth_date": born, "marketing_consent": consent, "comment": r["Comment"] or None,
        }, problems

    return len(source), len(rows), *deliver(rows, compute, "contact_id")


def products():
    rates = {r["Currency"]: float(r["Rate"]) for r in read_csv("currencies.csv")}
    source = json.loads((HERE / "data" / "products.json").read_text("utf-8"))
    rows = first_of_each([p for p in source if not p["discontinued"]], lambda p: p["sku"])

    def compute(p):
        problems, price = [], None
        try:
            price = number(p["price"])
        except ValueError:
            problems += [("list_price", "cell-error"), ("price_eur", "cell-error")]
        try:
            launched = iso_date(p["launched"] or "")
        except ValueError:
            launched = None
        origin = country(p["origin"])
        if origin is None:
            problems.append(("origin_country", "country-unknown"))
        category, slash, sub = p["category"].partition("/")
        rate, weight = rates.get(p["currency"]), p.get("weight_kg")
        return {
            "product_number": p["sku"], "name": p["name"][:18], "category": category,
            "subcategory": sub if slash else "General", "list_price": price, "currency_code": p["currency"],
            "price_eur": None if rate is None or price is None else price * rate, "weight_kg": weight,
            "weight_class": "Unknown" if weight is None else "Heavy" if weight >= 9.5 else "Light",
            "launched_on": launched, "origin_country": origin, "description": p["description"][:60],
        }, problems

    return len(source), len(rows), *deliver(rows, compute, "product_number")


ORGANIZATIONS = {"eu": "DEMF", "us": "USMF"}


def unique_rows(rows, key):
    """Rows with a key, the first of each; and what is refused: (key, column, code)."""
    table, refused = {}, set()
    for values, problems in rows:
        if problems:
            refused |= {(values[key] or None, column, code) for column, code in problems}
        elif not values[key]:
            refused.add((None, key, "key-missing"))
        else:
            assert values[key] not in table
            table[values[key]] = values
    return table, refused


def documents(landed, organization):
    """What of each document must be in the hub and in the sales database, and what is refused."""
    code = ORGANIZATIONS[organization]
    quotations, orders, invoices = [], [], []
    for r in read_csv("quotations.csv"):
        if r["Company"] != organization:
            continue
        problems, quoted = [], None
        try:
            quoted = iso_date(r["Quoted"])
        except ValueError:
            problems.append(("quoted_on", "cell-error"))
        status = {"Draft": 0, "Sent": 1, "Won": 2, "Lost": 3}.get(r["Status"])
        if status is None:
            problems.append(("status", "value-not-mapped"))
        quotations.append(({
            "quotation_number": r["Quotation"], "account_number": r["Account"], "product_number": r["Product"],
            "quantity": int(r["Quantity"]), "amount": float(r["Amount"]), "quoted_on": quoted, "status": status,
            "company_code": code,
        }, problems))
    for line in (HERE / "data" / "orders.jsonl").read_text("utf-8").splitlines():
        r = json.loads(line)
        if r["company"] != organization:
            continue
        status = {"open": 1, "shipped": 2, "closed": 3}.get(r["status"])
        orders.append(({
            "order_number": r["order"], "quotation_number": r["quotation"], "account_number": r["account"],
            "quantity": r["quantity"], "amount": r["amount"], "status": status, "changed": r["changed"],
            "company_code": code,
        }, [("status", "value-not-mapped")] if status is None else []))
    for r in read_csv("invoices.csv"):
        if r["Company"] == organization:
            invoices.append(({
                "invoice_number": r["Invoice"], "order_number": r["Order"], "amount": float(r["Amount"]),
                "invoiced_on": r["Invoiced"], "due_on": r["Due"], "paid": int(r["Paid"] == "Yes"),
                "company_code": code,
            }, []))
    hub = {name: unique_rows(rows, f"{name}_number") for name, rows in
           (("quotation", quotations), ("order", orders), ("invoice", invoices))}
    sales = {name: table for name, (table, _) in hub.items()}
    sales["quotation"] = {
        number: {"quotation_number": number, "account_number": q["account_number"],
                 "account_name": landed.get(q["account_number"], {}).get("name", "Unknown"),
                 "product_number": q["product_number"], "amount": q["amount"], "status": q["status"],
                 "company_code": code}
        for number, q in hub["quotation"][0].items()}
    return hub, sales


def same(expected, found):
    if isinstance(expected, (int, float)) and isinstance(found, (int, float)):
        return abs(expected - found) <= 1e-9 * max(1.0, abs(expected))
    return type(expected) is type(found) and expected == found


def compare_table(db, name, key, expected):
    db.row_factory = sqlite3.Row
    found = [dict(r) for r in db.execute(f'SELECT * FROM "{name}"')]
    differences = []
    if len({r[key] for r in found}) != len(found):
        differences.append("a key occurs twice")
    by_key = {r[key]: r for r in found}
    for k in sorted(expected.keys() - by_key.keys()):
        differences.append(f"{k}: missing")
    for k in sorted(by_key.keys() - expected.keys(), key=str):
        differences.append(f"{k}: not expected")
    for k in sorted(expected.keys() & by_key.keys()):
        want, got = expected[k], by_key[k]
        if want.keys() != got.keys():
            differences.append(f"{k}: columns {sorted(want.keys() ^ got.keys())} differ")
        for column in want.keys() & got.keys():
            if not same(want[column], got[column]):
                differences.append(f"{k}: {column} is {got[column]!r}, expected {want[column]!r}")
    return differences


def main():
    account = accounts()
    expected = {
        "Accounts": ("account", "account_number", account),
        "Contacts": ("contact", "contact_id", contacts(account[2])),
        "Products": ("product", "product_number", products()),
    }
    for task, (_, _, (read, produced, table, rejected)) in expected.items():
        rows = len({n for n, _, _ in rejected})
        print(f"{task}: read {read}, filtered {read - produced}, landing {len(table)}, rejected {rows}")
        assert read == (read - produced) + len(table) + rows
    if "--expect" in sys.argv:
        return 0
    destination, history = HERE / "out/sales.sqlite", HERE / ".pqm/history.sqlite"
    for path in (destination, history):
        if not path.exists():
            print(f"{path} does not exist: run the project first")
            return 2
    failed = False
    with sqlite3.connect(f"file:{destination}?mode=ro", uri=True) as db, \
            sqlite3.connect(f"file:{history}?mode=ro", uri=True) as past:
        for task, (name, key, (_, _, table, rejected)) in expected.items():
            differences = compare_table(db, name, key, table)
            found = set(past.execute(
                "SELECT row, column_name, code FROM row_error WHERE task = ? AND run_id ="
                " (SELECT max(id) FROM run)", (task,)))
            differences += [f"row {e} should be rejected" for e in sorted(rejected - found)]
            differences += [f"row {e} should not be rejected" for e in sorted(found - rejected, key=str)]
            print(f"{name}: {len(table)} rows, " + (f"{len(differences)} differences" if differences else "equal"))
            for line in differences[:20]:
                print(f"  {line}")
            failed |= bool(differences)
        failed |= bool(compare_documents(account[2], HERE / "out/hub.sqlite", destination, past))
    return 1 if failed else 0


def compare_documents(landed, hub_file, sales_file, past):
    """Quotations, orders and invoices of every organization that was run, in hub and sales database."""
    hub, sales, refused = {}, {}, {}
    with sqlite3.connect(f"file:{hub_file}?mode=ro", uri=True) as db:
        run = [o for o, code in ORGANIZATIONS.items()
               if db.execute("SELECT count(*) FROM quotation WHERE company_code = ?", (code,)).fetchone()[0]]
    for organization in run:
        in_hub, in_sales = documents(landed, organization)
        for name, (table, rejected) in in_hub.items():
            hub.setdefault(name, {}).update(table)
            refused.setdefault(name, set()).update(rejected)
            sales.setdefault(name, {}).update(in_sales[name])
    differences = [] if run else ["no organization was run"]
    for file, tables in ((hub_file, hub), (sales_file, sales)):
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as db:
            for name, table in tables.items():
                found = compare_table(db, name, f"{name}_number", table)
                print(f"{file.name} {name}: {len(table)} rows, " + (f"{len(found)} differences" if found else "equal"))
                differences += found
    for name, expected in refused.items():
        found = set(past.execute("SELECT DISTINCT key, column_name, code FROM row_error WHERE task = ?",
                                 (f"{name.title()}s",)))
        differences += [f"{name}: {e} should be rejected" for e in expected - found]
        differences += [f"{name}: {e} should not be rejected" for e in found - expected]
    for line in differences[:20]:
        print(f"  {line}")
    return differences


if __name__ == "__main__":
    sys.exit(main())
