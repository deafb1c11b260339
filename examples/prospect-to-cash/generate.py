#!/usr/bin/env python3
"""Write the input data of this example: the same bytes at every run (fixed seed).

    python3 generate.py            writes data/ beside this script

The files imitate what an organisation hands over: blanks, duplicates, odd country spellings,
trailing spaces, quoted line breaks, dates that do not exist, non-ASCII names, missing keys.
"""
import csv
import json
import random
from datetime import date, timedelta
from pathlib import Path

DATA = Path(__file__).resolve().parent / "data"
SEED = 20260117

COUNTRIES = [
    "Germany", "Deutschland", "DE", "germany ", "DEU", "276", "France", "france", "FR", "Frankreich",
    "United Kingdom", "UK", "U.K.", "Great Britain", "GB", "England", "United States", "USA", "U.S.A.",
    "United States of America", "US", "Denmark", "Danmark", "DK", "Österreich", "Austria", "Schweiz",
    "Suisse", "Switzerland", "Niederlande", "Netherlands", "Holland", "The Netherlands", "Polska", "PL",
    "Poland", "Czech Republic", "Czechia", "Česko", "España", "Spain", "Italia", "IT", "Italy", "Sverige",
    "Sweden", "Norge", "Türkiye", "Turkey", "Côte d'Ivoire", "Ivory Coast", "日本", "Japan", "Brasil",
    "Brazil", "Russian Federation", "South Korea", "Korea, Republic of", "Viet Nam", "UAE",
]
CONTACT_COUNTRIES = [
    "Germany", "Deutschland", "DE", "DEU", "France", "FR", "Royaume-Uni", "United Kingdom", "UK", "GB",
    "United States", "USA", "US", "Denmark", "Danmark", "Österreich", "Schweiz", "Suisse", "Italia",
    "España", "Sweden", "Norge", "Netherlands", "Holland", "Poland", "Turkey", "Brasil", "Ireland",
]
UNKNOWN_COUNTRIES = ["Atlantis", "Freedonia", "??", "EMEA"]
COMPANY_STEMS = [
    "Nordwind", "Müller & Söhne", "Bäckerei Groß", "Société Générique", "Ångström Instruments",
    "Łódź Tekstylia", "Fabrikam", "Contoso", "Adventure Works", "Tailspin Toys", "Wide World Importers",
    "Blue Yonder", "Café Único", "Smørrebrød House", "東京精機", "Šafářova Dílna", "Trey Research",
    "Litware", "Proseware", "Graphic Design Institute", "Alpine Ski House", "City Power & Light",
]
COMPANY_ENDS = ["GmbH", "AG", "Ltd", "Inc.", "S.A.", "A/S", "AB", "B.V.", "Sp. z o.o.", "KG", "plc",
                "Holding International GmbH & Co. KG"]
STREETS = ["High Street", "Bahnhofstraße", "Rue de la Paix", "Hauptstr.", "Nørregade", "Gran Vía",
           "ul. Długa", "Main St", "Keizersgracht"]
CITIES = [("Köln", "50667"), ("London", "EC1A 1BB"), ("Paris", "75001"), ("København", "1165"),
          ("Wrocław", "50-001"), ("Zürich", "8001"), ("Seattle", "98101"), ("Málaga", "29001"),
          ("Malmö", "211 22"), ("Utrecht", "3511")]
INDUSTRIES = ["Manufacturing", "Retail", "Food", "Energy", "Consulting", "Logistics", ""]
NOTES = [
    "", "", "", "Prefers e-mail", "Pays late; see ledger",
    "Visited at the fair.\nWants an offer\nfor 2026.", 'Known as "the reliable one"', "Old no.: 7,5",
]
FIRST = ["Anna", "Jürgen", "Zoë", "François", "Søren", "Maria", "John", "Inés", "Åsa", "Björn", "Chloé",
         "Peter", "Renée", "Márton", "Ute"]
LAST = ["Müller", "O'Brien", "Nuñez", "Sørensen", "Dupont", "Smith", "Åkesson", "Weiß", "García", "Rossi",
        "Jansen", "Bæk", "de la Cruz", "Lefèvre", "Schäfer"]
TERRITORIES = [
    ("DACH", "Germany, Austria, Switzerland", "Grete Köhler"),
    ("UKI", "United Kingdom and Ireland", "Tom Byrne"),
    ("NORD", "Nordics", "Åse Lund"),
    ("SOUTH", "Southern Europe", "Inés Prado"),
    ("EAST", "Eastern Europe", "Paweł Nowak"),
    ("NA", "North America", "Dana Reed"),
]
RATES = [("EUR", 1), ("USD", 0.875), ("GBP", 1.25), ("DKK", 0.125), ("CHF", 1.0625)]


def day(rng, first=date(2008, 1, 1), span=6500):
    return first + timedelta(days=rng.randrange(span))


def accounts(rng):
    rows = []
    for n in range(1, 1101):
        number = f"AC-{10000 + n}"
        if rng.random() < 0.03:
            number = number.lower()
        if rng.random() < 0.05:
            number = rng.choice([number + " ", " " + number, number + "   "])
        name = f"{rng.choice(COMPANY_STEMS)} {rng.choice(COMPANY_ENDS)}"
        if rng.random() < 0.08:
            name += "  "
        city, postcode = rng.choice(CITIES)
        parts = [f"{rng.randrange(1, 240)} {rng.choice(STREETS)}", city, postcode]
        address = "; ".join(parts if rng.random() < 0.85 else parts[: rng.randrange(0, 3)])
        country = rng.choice(COUNTRIES)
        if rng.random() < 0.01:
            country = rng.choice(UNKNOWN_COUNTRIES)
        elif rng.random() < 0.02:
            country = ""
        revenue = "" if rng.random() < 0.1 else str(rng.randrange(20, 90000) * 1000)
        if revenue and rng.random() < 0.2:
            revenue = f"{int(revenue):,}"
        if revenue and rng.random() < 0.1:
            revenue += ".50"
        if rng.random() < 0.008:
            revenue = rng.choice(["approx. 2m", "n/a", "tbd"])
        employees = "" if rng.random() < 0.12 else str(rng.choice([3, 9, 40, 49, 50, 120, 999, 1000, 4300]))
        since = day(rng).isoformat()
        if rng.random() < 0.03:
            since = rng.choice(["2021-02-30", "31.31.2020", "unknown", "0000-00-00"])
        elif rng.random() < 0.06:
            since = ""
        status = rng.choices(["Active", "Prospect", "On hold", "Closed", "Test", "Dormant", ""],
                             [60, 18, 6, 7, 3, 4, 2])[0]
        territory = rng.choice([t[0] for t in TERRITORIES] + ["", "LATAM"])
        rows.append([number, name, address, country, rng.choice(INDUSTRIES), revenue, employees, since,
                     status, territory, rng.choice(NOTES)])
    # Repeats of whole rows, repeats of a number under another name, and rows without a number.
    for row in rng.sample(rows, 35):
        rows.insert(rng.randrange(len(rows)), list(row))
    for row in rng.sample(rows, 9):
        other = list(row)
        other[1] = "Formerly " + other[1].strip()
        rows.append(other)
    for blank in ["", " ", "", "   ", ""]:
        row = list(rng.choice(rows))
        row[0], row[1], row[8] = blank, f"Nameless {rng.randrange(1000)}", "Active"
        rows.insert(rng.randrange(len(rows)), row)
    return rows


def contacts(rng, account_rows):
    numbers = sorted({r[0].strip().upper() for r in account_rows if r[0].strip()})
    rows = []
    for n in range(1, 1901):
        first, last = rng.choice(FIRST), rng.choice(LAST)
        full = f"{last}, {first}" if rng.random() < 0.95 else last
        mail = f"{first}.{last}.{n}@example.com".replace(" ", "").replace("'", "")
        if rng.random() < 0.2:
            mail = mail.upper()
        if rng.random() < 0.04:
            mail = ""
        phone = f"+{rng.randrange(1, 99)} {rng.randrange(100, 999)} {rng.randrange(100000, 9999999)}"
        if rng.random() < 0.06:
            phone += " ext. " + str(rng.randrange(10, 9999)) + " (mornings)"
        account = rng.choice(numbers) if rng.random() < 0.97 else f"AC-{rng.randrange(90000, 99999)}"
        country = rng.choice(CONTACT_COUNTRIES)
        if rng.random() < 0.02:
            country = rng.choice(UNKNOWN_COUNTRIES)
        elif rng.random() < 0.03:
            country = ""
        born = day(rng, date(1950, 1, 1), 18000).strftime("%d/%m/%Y")
        if rng.random() < 0.02:
            born = rng.choice(["30/02/1970", "12/25/1980", "??"])
        elif rng.random() < 0.15:
            born = ""
        opt_in = rng.choices(["Yes", "No", "Y", "N", "yes", "", "maybe"], [30, 30, 10, 10, 5, 12, 1])[0]
        comment = rng.choice(["", "", "", "Call back", "Likes \"M\"", "two\nlines", "semi;colon"])
        rows.append([f"C{n:05d}", full, mail, phone, account, country, born, opt_in, comment])
    for row in rng.sample(rows, 40):
        rows.insert(rng.randrange(len(rows)), list(row))
    for row in rng.sample(rows, 12):
        other = list(row)
        other[3] = "+00 000 000000"
        rows.append(other)
    for blank in ["", "  ", "", ""]:
        row = list(rng.choice(rows))
        row[0], row[4] = blank, numbers[rng.randrange(len(numbers))]
        row[2] = f"nokey{rng.randrange(1000)}@example.com"
        rows.insert(rng.randrange(len(rows)), row)
    return rows


def products(rng):
    kinds = {"Bikes": ["Road", "Mountain", "Touring"], "Components": ["Brakes", "Wheels"],
             "Clothing": ["Jerseys", "Gloves"], "Accessories": []}
    rows = []
    for n in range(1, 451):
        kind = rng.choice(list(kinds))
        sub = rng.choice(kinds[kind]) if kinds[kind] else None
        product = {
            "sku": f"P-{n:04d}",
            "name": f"{rng.choice(['Grün', 'Blå', 'Rouge', 'Negro', 'White'])} {sub or kind} {n}",
            "category": f"{kind}/{sub}" if sub else kind,
            "price": rng.randrange(199, 399900) / 100,
            "currency": rng.choice([r[0] for r in RATES]),
            "weight_kg": rng.choice([None, 0.25, 1.5, 12, 9.75]),
            "launched": day(rng, date(2015, 1, 1), 3900).isoformat(),
            "discontinued": rng.random() < 0.12,
            "origin": rng.choice(["DE", "Germany", "日本", "Japan", "Italia", "TWN", "Taiwan", "DK"]),
            "description": rng.choice(["", "Leicht & schnell", "Très léger", "For \"serious\" riders\nonly",
                                       "Ein sehr langer Text, der nicht in das Zielfeld passt. " * 3]),
        }
        if rng.random() < 0.05:
            product["price"] = f"{product['price']:.2f}"  # a number written as text
        if rng.random() < 0.02:
            product["price"] = "on request"
        if rng.random() < 0.03:
            product["currency"] = "XXX"
        if rng.random() < 0.04:
            del product["weight_kg"]
        if rng.random() < 0.04:
            product["launched"] = rng.choice(["2024-02-31", None, "soon"])
        if rng.random() < 0.02:
            product["sku"] = None
        rows.append(product)
    for row in rng.sample(rows, 15):
        rows.insert(rng.randrange(len(rows)), dict(row))
    return rows


def documents(rng, account_rows):
    """Quotations, the orders that came of some, and the invoices of some of those."""
    numbers = sorted({r[0].strip().upper() for r in account_rows if r[0].strip()})
    quotations, orders, invoices = [], [], []
    for n in range(1, 401):
        company = rng.choice(["eu", "eu", "us"])
        account = rng.choice(numbers)
        product = f"P-{rng.randrange(1, 451):04d}"
        quantity = rng.randrange(1, 40)
        amount = f"{rng.randrange(900, 900000) / 100:.2f}"
        quoted = day(rng, date(2025, 1, 1), 300)
        status = rng.choices(["Draft", "Sent", "Won", "Lost", "On ice"], [20, 30, 40, 9, 1])[0]
        on = quoted.isoformat() if rng.random() > 0.01 else "soon"
        quotations.append([f"Q{n:04d}", company, account, product, quantity, amount, on, status])
        if status != "Won":
            continue
        changed = quoted + timedelta(days=rng.randrange(1, 30))
        order = {"order": f"O{n:04d}", "quotation": f"Q{n:04d}", "company": company, "account": account,
                 "quantity": quantity, "amount": float(amount), "status": rng.choice(["open", "shipped", "closed"]),
                 "changed": f"{changed.isoformat()}T{rng.randrange(8, 18):02d}:00:00"}
        if rng.random() < 0.03:
            order["status"] = "lost in transit"
        if rng.random() < 0.02:
            order["changed"] = None
        orders.append(order)
        if order["status"] == "closed" or rng.random() < 0.2:
            due = changed + timedelta(days=30)
            invoices.append([f"I{n:04d}", order["order"], company, amount,
                             changed.isoformat(), due.isoformat(), rng.choice(["Yes", "No", ""])])
    return quotations, orders, invoices


def write_csv(name, header, rows, delimiter=",", encoding="utf-8", line="\n"):
    with open(DATA / name, "w", encoding=encoding, newline="") as out:
        writer = csv.writer(out, delimiter=delimiter, lineterminator=line)
        writer.writerow(header)
        writer.writerows(rows)


def main():
    DATA.mkdir(exist_ok=True)
    rng = random.Random(SEED)
    account_rows = accounts(rng)
    write_csv("accounts.csv", ["Account Number", "Account Name", "Address", "Country", "Industry",
                               "Annual Revenue", "Employees", "Customer Since", "Status", "Territory Code",
                               "Notes"], account_rows)
    # The contacts come from another system: semicolons, Windows-1252, CRLF.
    write_csv("contacts.csv", ["Contact Id", "Full Name", "E-mail", "Phone", "Account", "Country",
                               "Birth Date", "Opt In", "Comment"], contacts(rng, account_rows),
              ";", "cp1252", "\r\n")
    write_csv("territories.csv", ["Code", "Territory", "Manager"], TERRITORIES)
    write_csv("currencies.csv", ["Currency", "Rate"], RATES)
    # A generator of its own: what was there before stays as it was.
    quotations, orders, invoices = documents(random.Random(SEED + 1), account_rows)
    write_csv("quotations.csv", ["Quotation", "Company", "Account", "Product", "Quantity", "Amount", "Quoted",
                                 "Status"], quotations)
    write_csv("invoices.csv", ["Invoice", "Order", "Company", "Amount", "Invoiced", "Due", "Paid"], invoices)
    lines = "".join(json.dumps(order) + "\n" for order in orders)
    (DATA / "orders.jsonl").write_text(lines, encoding="utf-8")
    text = ",\n".join("  " + json.dumps(p, ensure_ascii=False) for p in products(rng))
    (DATA / "products.json").write_text("[\n" + text + "\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
