#!/usr/bin/env python3
"""Computes the pipelines independently, and compares row for row what pqm wrote.

usage: check.py ORDERS.csv CUSTOMERS.csv DIRECTORY     where DIRECTORY holds p0.csv, p1.csv, ... as pqm wrote them

Numbers must be the same doubles to the last bit: M adds doubles in the order of the rows, and Number.Round scales,
rounds half to even, and scales back, which Python's float and integer round do too. Beside that, each sum must be near
the exact one in decimals: a cent off for each product that ends in half a cent (a double falls on either side of it),
and 1e-12 of it for adding doubles."""
import csv
import os
import sys
from decimal import ROUND_HALF_EVEN, Decimal

orders, customers, directory = sys.argv[1:4]
with open(orders, newline="", encoding="utf-8") as file:
    rows = list(csv.DictReader(file))
failed = False


def number(text):
    return float(text) if text else None


def line_total(row):
    """As M computes it, exactly, and whether it ends in half a cent before it is rounded."""
    quantity, price, discount = row["Quantity"], row["UnitPrice"], row["Discount"]
    if not quantity or not price:
        return None, None, False
    total = int(quantity) * float(price) * (1 - float(discount or 0))
    exact = Decimal(quantity) * Decimal(price) * (1 - Decimal(discount or 0))
    is_tie = exact * 100 % 1 == Decimal("0.5")
    return round(total * 100) / 100, exact.quantize(Decimal("0.01"), ROUND_HALF_EVEN), is_tie


class Sum:
    def __init__(self):
        self.total, self.exact, self.ties = None, Decimal(0), 0

    def add(self, total, exact, is_tie):
        if total is not None:
            self.total = total if self.total is None else self.total + total
            self.exact += exact
            self.ties += is_tie

    def check(self, where):
        bound = abs(self.exact) * Decimal("1e-12") + Decimal("0.01") * self.ties
        if self.total is not None and abs(Decimal(self.total) - self.exact) > bound:
            fail(where, f"the sum {self.total} is too far from {self.exact}")


def fail(where, what):
    global failed
    failed = True
    print(f"{where}: {what}")


def same(written, expected):
    if expected is None:
        return written == ""
    return float(written) == expected if isinstance(expected, (int, float)) else written == expected


def compare(name, expected):
    path = os.path.join(directory, f"{name}.csv")
    if not os.path.exists(path):
        return print(f"{name}: not there")
    with open(path, newline="", encoding="utf-8") as file:
        written = list(csv.reader(file))[1:]
    if len(written) != len(expected):
        return fail(name, f"{len(written)} rows and not {len(expected)}")
    for at, (cells, wanted) in enumerate(zip(written, expected)):
        if len(cells) != len(wanted) or not all(map(same, cells, wanted)):
            return fail(name, f"row {at + 1} is {cells} and not {wanted}")
    print(f"{name}: {len(written)} rows, equal")


def ordinal(text):
    """M orders texts by their UTF-16 units."""
    return text.encode("utf-16-be")


totals = [line_total(row) for row in rows]

compare("p0", [[len(rows)]])


def added(name, kind):
    total = None
    for row in rows:
        if row[name]:
            total = kind(row[name]) if total is None else total + kind(row[name])
    return total


def units(name):
    return sum(len(row[name].encode("utf-16-le")) // 2 for row in rows)


compare("p1", [[
    len(rows), added("OrderID", int), units("CustomerCode"), units("FullName"), units("Country"),
    max(row["OrderDate"] for row in rows), max(row["ShipDate"] for row in rows),
    added("Quantity", int), added("UnitPrice", float), added("Discount", float),
    units("Status"), units("Email"), units("Notes"),
]])

chosen = []
for row, (total, _, _) in zip(rows, totals):
    if row["Status"] != "Cancelled" and row["OrderDate"] >= "2024-03-01":
        quantity = int(row["Quantity"])
        band = "Bulk" if quantity >= 100 else "Standard" if quantity >= 10 else "Single"
        first, _, last = row["FullName"].partition(" ")
        country = row["Country"] or "US"
        chosen.append([int(row["OrderID"]), row["CustomerCode"], first, last, country, row["OrderDate"], quantity, band,
                       total, row["Status"]])
compare("p2", chosen)

groups = {}
for row, total in zip(rows, totals):
    group = groups.setdefault((row["Country"], row["Status"]), [0, Sum(), 0, 0, None])
    group[0] += 1
    group[1].add(*total)
    if row["Quantity"]:
        group[2] += int(row["Quantity"])
        group[3] += 1
    price = number(row["UnitPrice"])
    if price is not None and (group[4] is None or price > group[4]):
        group[4] = price
for key, group in groups.items():
    group[1].check(f"p3 {key}")
order = sorted(groups, key=lambda key: (ordinal(key[0]), ordinal(key[1])))
compare("p3", [[*key, g[0], g[1].total, g[2] / g[3] if g[3] else None, g[4]] for key in order for g in [groups[key]]])

regions, by_code = {}, {}
with open(customers, newline="", encoding="utf-8") as file:
    for customer in csv.DictReader(file):
        by_code.setdefault(customer["CustomerCode"], []).append(customer["Region"])
for row, total in zip(rows, totals):
    for region in by_code.get(row["CustomerCode"], [None]):
        group = regions.setdefault(region, [0, Sum()])
        group[0] += 1
        group[1].add(*total)
order = sorted(regions, key=lambda region: (region is not None, ordinal(region or "")))
compare("p4", [[region or "", regions[region][0], regions[region][1].total] for region in order])


def cells(row):
    def cell(name, text):
        kinds = {"OrderID": int, "Quantity": int, "UnitPrice": float, "Discount": float}
        return kinds[name](text) if name in kinds and text else None if name in kinds else text

    return [cell(name, text) for name, text in row.items()]


order = sorted(rows, key=lambda row: (row["OrderDate"] != "", row["OrderDate"], ordinal(row["CustomerCode"])))
compare("p5a", [cells(row) for row in order[:1000]])
compare("p5b", [cells(row) for row in order])

seen, first = set(), []
for row in rows:
    if row["CustomerCode"] not in seen:
        seen.add(row["CustomerCode"])
        first.append(cells(row))
compare("p6a", first)

countries = list(dict.fromkeys(row["Country"] for row in rows))
pivot = {}
for row, total in zip(rows, totals):
    pivot.setdefault((row["Status"], row["Country"]), Sum()).add(*total)
for key, of_cell in pivot.items():
    of_cell.check(f"p6b {key}")
statuses = sorted({row["Status"] for row in rows}, key=ordinal)
empty = Sum()
compare("p6b", [[status, *(pivot.get((status, c), empty).total for c in countries)] for status in statuses])
sys.exit(failed)
