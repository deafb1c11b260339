"""Writes umalqura.txt: the lengths of the months of the Umm al-Qura calendar.

    pip install hijridate==2.6.0
    python3 generate_umalqura.py

The first line is the day number (0001-01-01 is 0) of the first month; every other line is a year
and a digit per month, its days beyond 28.
"""

import pathlib

from hijridate import Hijri, ummalqura

first_year = ummalqura.HIJRI_RANGE[0][0]
starts = ummalqura.MONTH_STARTS
lines = [str(Hijri(first_year, 1, 1).to_gregorian().toordinal() - 1)]
for year in range((len(starts) - 1) // 12):
    lengths = [starts[year * 12 + m + 1] - starts[year * 12 + m] - 28 for m in range(12)]
    assert all(0 <= length <= 9 for length in lengths)
    lines.append(f"{first_year + year} " + "".join(map(str, lengths)))
target = pathlib.Path(__file__).with_name("umalqura.txt")
target.write_text("\n".join(lines) + "\n")
