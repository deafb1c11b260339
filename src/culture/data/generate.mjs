// Writes cultures.tsv from published packages; README.md beside this file says which and why.
//
//   npm install kendo-ui-core@2026.3.812 globalize@0.1.1 cldr-dates-full@48.2.0 cldr-numbers-full@48.2.0
//   node generate.mjs path/to/node_modules
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const modules = path.resolve(process.argv[2] ?? "node_modules");
const require = createRequire(path.join(modules, "x.js"));

const FIELDS = [
  "decimal", "group", "group_sizes", "number_negative", "percent_negative", "percent_positive",
  "percent", "currency", "currency_negative", "currency_positive", "currency_decimal",
  "currency_group", "currency_group_sizes", "currency_digits", "nan", "infinity", "months",
  "months_short", "months_genitive", "months_genitive_short", "days", "days_short", "am", "pm",
  "era", "short_date", "long_date", "short_time", "long_time", "month_day", "year_month",
  "date_separator", "time_separator", "first_day", "calendar",
];

const INVARIANT = {
  decimal: ".", group: ",", group_sizes: "3", number_negative: "-n",
  percent_negative: "-n %", percent_positive: "n %", percent: "%",
  currency: "¤", currency_negative: "($n)", currency_positive: "$n", currency_decimal: ".",
  currency_group: ",", currency_group_sizes: "3", currency_digits: "2",
  nan: "NaN", infinity: "Infinity",
  months: "January|February|March|April|May|June|July|August|September|October|November|December",
  months_short: "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec",
  months_genitive: "", months_genitive_short: "",
  days: "Sunday|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday",
  days_short: "Sun|Mon|Tue|Wed|Thu|Fri|Sat",
  am: "AM", pm: "PM", era: "A.D.",
  short_date: "MM/dd/yyyy", long_date: "dddd, dd MMMM yyyy", short_time: "HH:mm",
  long_time: "HH:mm:ss", month_day: "MMMM dd", year_month: "yyyy MMMM",
  date_separator: "/", time_separator: ":", first_day: "0", calendar: "gregorian",
};

// Names of the first month tell which calendar a culture starts with.
const CALENDARS = { "محرم": "umalqura", "فروردین": "persian", "حمل": "persian", "وری": "persian" };
const BUDDHIST = new Set(["th", "th-TH"]);

function kendoCultures() {
  globalThis.kendo = { cultures: {} };
  const folder = path.join(modules, "kendo-ui-core/js/cultures");
  for (const file of fs.readdirSync(folder)) {
    if (/^kendo\.culture\.[\w-]+\.js$/.test(file)) {
      (0, eval)(fs.readFileSync(path.join(folder, file), "utf8"));
    }
  }
  return globalThis.kendo.cultures;
}

function globalizeCultures() {
  const folder = path.join(modules, "globalize/lib/cultures");
  const Globalize = require("globalize");
  for (const file of fs.readdirSync(folder)) {
    if (/^globalize\.culture\..+\.js$/.test(file)) require(path.join(folder, file));
  }
  return Globalize.cultures;
}

function cldr(name) {
  for (let tag = name; tag; tag = tag.includes("-") ? tag.slice(0, tag.lastIndexOf("-")) : "") {
    const dates = path.join(modules, "cldr-dates-full/main", tag, "ca-gregorian.json");
    const numbers = path.join(modules, "cldr-numbers-full/main", tag, "numbers.json");
    if (!fs.existsSync(dates) || !fs.existsSync(numbers)) continue;
    const calendar = JSON.parse(fs.readFileSync(dates)).main[tag].dates.calendars.gregorian;
    const list = JSON.parse(fs.readFileSync(numbers)).main[tag].numbers;
    const system = list.defaultNumberingSystem;
    const months = (context, width) => Object.values(calendar.months[context][width]).join("|");
    return {
      era: calendar.eras.eraAbbr["1"],
      nan: list[`symbols-numberSystem-${system}`].nan,
      months: {
        wide: [months("stand-alone", "wide"), months("format", "wide")],
        short: [months("stand-alone", "abbreviated"), months("format", "abbreviated")],
      },
    };
  }
  return undefined;
}

const twelve = (names) => (names ?? []).slice(0, 12).join("|");

/** The form of month names beside a day, empty where it is the common one. */
function genitive(names, older, fromCldr) {
  const [olderNames, olderGenitive] = older;
  const isSame = olderNames.toLowerCase() === names.toLowerCase();
  if (isSame && olderGenitive && olderGenitive !== names) return olderGenitive;
  const [alone, format] = fromCldr ?? [];
  const same = alone && alone.toLowerCase() === names.toLowerCase();
  return same && format !== alone ? format : "";
}

function row(name, culture, globalize) {
  const { numberFormat: number } = culture;
  const calendar = culture.calendars.standard;
  const { patterns } = calendar;
  const language = name.split("-")[0];
  const older = (globalize[name] ?? globalize[language])?.calendars.standard;
  const unicode = cldr(name);
  const months = twelve(calendar.months.names);
  const monthsShort = twelve(calendar.months.namesAbbr);
  const kind = CALENDARS[calendar.months.names[0]] ?? (BUDDHIST.has(name) ? "buddhist" : "gregorian");
  const olderForms = (width) => [twelve(older?.months?.[width]), twelve(older?.monthsGenitive?.[width])];
  const olderEra = older?.eras?.[0]?.name;
  const usesOlderEra = language === "en" || (olderEra && olderEra !== "A.D.");
  return {
    decimal: number["."], group: number[","], group_sizes: number.groupSize.join("|"),
    number_negative: number.pattern[0],
    percent_negative: number.percent.pattern[0], percent_positive: number.percent.pattern[1],
    percent: number.percent.symbol,
    currency: number.currency.symbol,
    currency_negative: number.currency.pattern[0], currency_positive: number.currency.pattern[1],
    currency_decimal: number.currency["."], currency_group: number.currency[","],
    currency_group_sizes: number.currency.groupSize.join("|"),
    currency_digits: String(number.currency.decimals),
    nan: unicode?.nan ?? "NaN", infinity: "∞",
    months, months_short: monthsShort,
    months_genitive: kind === "gregorian"
      ? genitive(months, olderForms("names"), unicode?.months.wide) : "",
    months_genitive_short: kind === "gregorian"
      ? genitive(monthsShort, olderForms("namesAbbr"), unicode?.months.short) : "",
    days: calendar.days.names.join("|"), days_short: calendar.days.namesAbbr.join("|"),
    am: calendar.AM?.[0] ?? "", pm: calendar.PM?.[0] ?? "",
    era: (usesOlderEra ? olderEra : unicode?.era) ?? "A.D.",
    short_date: patterns.d, long_date: patterns.D, short_time: patterns.t, long_time: patterns.T,
    month_day: patterns.M, year_month: patterns.Y,
    date_separator: calendar["/"] ?? "/", time_separator: calendar[":"] ?? ":",
    first_day: String(calendar.firstDay ?? 0), calendar: kind,
  };
}

function differences() {
  const lines = fs.readFileSync(path.join(here, "differences.tsv"), "utf8").split("\n").slice(1);
  return lines.filter((line) => line !== "").map((line) => line.split("\t"));
}

const globalize = globalizeCultures();
const rows = { "": INVARIANT };
for (const [name, culture] of Object.entries(kendoCultures())) rows[name] = row(name, culture, globalize);
for (const [name, field, value] of differences()) {
  if (!rows[name] || !FIELDS.includes(field)) throw new Error(`differences.tsv: ${name} ${field}`);
  rows[name][field] = value;
}

const parentOf = (name) => (name.includes("-") ? name.slice(0, name.lastIndexOf("-")) : "");
const lines = [["name", ...FIELDS].join("\t")];
const order = (a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1);
for (const name of Object.keys(rows).sort(order)) {
  const parent = name === "" ? {} : rows[parentOf(name)];
  if (!parent) throw new Error(`no parent of ${name}`);
  lines.push([name, ...FIELDS.map((field) => {
    const value = rows[name][field];
    if (/[\t\n^]/.test(value)) throw new Error(`${name} ${field}: ${value}`);
    return value === parent[field] ? "^" : value;
  })].join("\t"));
}
fs.writeFileSync(path.join(here, "cultures.tsv"), lines.join("\n") + "\n");
