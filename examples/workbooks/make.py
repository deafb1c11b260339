"""Makes orders.xlsx, the workbook that the examples and tests of Excel.Workbook read. Needs openpyxl."""

from datetime import datetime, time

from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table

book = Workbook()

orders = book.active
orders.title = "Orders"
for row in [
    ["Id", "Customer", "Ordered", "Amount", "Paid"],
    [1, "Bob", datetime(2024, 2, 29, 13, 30), 12.5, True],
    [2, "Pam", datetime(2024, 3, 1), "#N/A", False],
    [3, None, time(8, 15), 0.1, None],
    [4, "Jim", datetime(1900, 1, 1), -7, True],
]:
    orders.append(row)

lines = book.create_sheet("Lines")
for row in [["Order", "Product"], [1, "Lamp"], [1, "Desk"], [2, "Chair"]]:
    lines.append(row)
lines.add_table(Table(displayName="OrderLines", ref="A1:B4"))

offset = book.create_sheet("Far away")
offset["C3"] = "x"
offset["D5"] = "y"

notes = book.create_sheet("Notes")
notes.sheet_state = "hidden"
notes["A1"] = "draft"

book.create_sheet("Empty")

book.defined_names["Customers"] = DefinedName("Customers", attr_text="Orders!$B$2:$B$5")
book.defined_names["Single"] = DefinedName("Single", attr_text="'Far away'!$C$3")
book.defined_names["Formula"] = DefinedName("Formula", attr_text="1+1")

book.save("orders.xlsx")
