//! Laws of single functions over generated values: inverses, neutral elements, what two ways round must give alike.

use proptest::prelude::*;

use super::properties::{date, duration, holds, list_of, number, table, text, time};

#[test]
fn laws_of_lists() {
    holds(
        list_of(number()),
        &[
            "List.Alternate(v, 0, 1) = v",
            "List.AllTrue(List.Transform(v, each _ > 0)) = List.MatchesAll(v, each _ > 0)",
            "List.AnyTrue(List.Transform(v, each _ > 0)) = List.MatchesAny(v, each _ > 0)",
            "List.IsEmpty(v) or Number.Abs(List.Average(v) * List.Count(v) - List.Sum(v)) <= 1 + Number.Abs(List.Sum(v)) / 1e9",
            "List.Buffer(v) = v",
            "List.ContainsAll(v, List.FirstN(v, 2))",
            "List.ContainsAny(v, List.LastN(v, 1)) = not List.IsEmpty(v)",
            "List.IsEmpty(v) or List.Covariance(v, v) >= 0",
            "List.Intersect({v, v}) = v",
            "List.Union({v, v}) = v and List.Union({v, {}}) = v",
            "List.Combine({List.RemoveLastN(v, 2), List.LastN(v, 2)}) = v",
            "List.MaxN(v, 2) = List.FirstN(List.Sort(v, Order.Descending), 2)",
            "List.MinN(v, 2) = List.FirstN(List.Sort(v), 2)",
            "List.IsEmpty(v) or List.Contains(List.Modes(v), List.Mode(v))",
            "List.NonNullCount(v) = List.Count(v)",
            "List.IsEmpty(v) or List.Percentile(v, 0.5) = List.Median(v)",
            "List.IsEmpty(v) or (List.Percentile(v, 0) = List.Min(v) and List.Percentile(v, 1) = List.Max(v))",
            "List.IsEmpty(v) or List.PositionOf(v, v{0}) = 0",
            "List.IsEmpty(v) or List.PositionOfAny(v, {List.Last(v)}, Occurrence.Last) = List.Count(v) - 1",
            "List.Product(v & {0}) = 0",
            "List.IsEmpty(v) or List.Range(v, 1, 2) = List.FirstN(List.Skip(v, 1), 2)",
            "List.RemoveFirstN(v, 1) = List.Skip(v, 1)",
            "List.RemoveItems(v, v) = {} and List.RemoveMatchingItems(v, List.Distinct(v)) = {}",
            "List.RemoveNulls({null} & v & {null}) = v",
            "List.Repeat(v, 2) = v & v",
            "List.ReplaceMatchingItems(v, {}) = v",
            "List.ReplaceRange(v, 0, List.Count(v), v) = v",
            "List.ReplaceValue(v, null, 0, Replacer.ReplaceValue) = v",
            "List.Count(List.Select(v, each _ >= 0)) + List.Count(List.Select(v, each _ < 0)) = List.Count(v)",
            "List.Single({v}) = v and List.SingleOrDefault({}, v) = v",
            "List.IsEmpty(v) or List.StandardDeviation({v{0}, v{0}, v{0}}) <= (1 + Number.Abs(v{0})) / 1e6",
            "List.TransformMany(v, each {_}, (x, y) => y) = v",
            "List.FindText(List.Transform(v, Text.From), \"\") = List.Transform(v, Text.From)",
            "Table.RowCount(List.ConformToPageReader(v)) = List.Count(v)",
            "List.Numbers(0, List.Count(v)) = List.Positions(v)",
            "List.Generate(() => 0, each _ < List.Count(v), each _ + 1) = List.Positions(v)",
            "List.RemoveRange(List.InsertRange(v, 0, {9}), 0) = v",
            "List.Random(List.Count(v), 7) = List.Random(List.Count(v), 7)",
            "List.Accumulate(v, {}, (state, item) => state & {item}) = v",
            // Enough items to be computed many at a time, and the same one by one.
            "let f = each _ * 2 + 1, w = List.Repeat(v, 20) in List.Transform(w, f) = List.Combine(List.Transform(w, (x) => {f(x)}))",
            "let f = each _ > 0, w = List.Repeat(v, 20) in List.Select(w, f) = List.Combine(List.Transform(w, (x) => if f(x) then {x} else {}))",
            "let w = List.Repeat(v, 20) in List.Reverse(List.Reverse(w)) = w and List.Sum(List.Transform(w, each _)) = List.Sum(w)",
            "let w = List.Repeat(v, 20) in List.Transform(w, each [a = _, b = {_}]) = List.Combine(List.Transform(w, (x) => {[a = x, b = {x}]}))",
            "let w = List.Buffer(List.Repeat(v, 20)) in List.Skip(w, 3) = List.Range(w, 3) and List.Combine({List.FirstN(w, 9), List.Skip(w, 9)}) = w",
        ],
    );
}

#[test]
fn laws_of_numbers_and_any_values() {
    holds(
        number(),
        &[
            "Number.Abs(v) = Number.Abs(-v) and Number.Sign(v) * Number.Abs(v) = v",
            "let w = Number.Round(Number.Abs(v)) in Number.IntegerDivide(w, 7) * 7 + Number.Mod(w, 7) = w",
            "let w = Number.Round(v) in Number.IsOdd(w) <> Number.IsEven(w)",
            "Number.RoundDown(v) <= v and v <= Number.RoundUp(v) and Number.Abs(Number.Round(v) - v) <= 0.5",
            "Number.RoundTowardZero(v) = -Number.RoundTowardZero(-v)",
            "Number.Abs(Number.Power(Number.Sqrt(Number.Abs(v)), 2) - Number.Abs(v)) <= (1 + Number.Abs(v)) / 1e6",
            "Number.Abs(Number.Exp(Number.Ln(1 + Number.Abs(v))) - 1 - Number.Abs(v)) <= (1 + Number.Abs(v)) / 1e6",
            "Number.Abs(Number.Log(1 + Number.Abs(v), 10) - Number.Log10(1 + Number.Abs(v))) < 1e-9",
            "Number.Abs(Number.Atan2(v, 1) - Number.Atan(v)) < 1e-9",
            "Number.Abs(Number.Power(Number.Sin(v), 2) + Number.Power(Number.Cos(v), 2) - 1) < 1e-9",
            "let w = v / (1 + Number.Abs(v)) in Number.Abs(Number.Cos(Number.Acos(w)) - w) + Number.Abs(Number.Sin(Number.Asin(w)) - w) < 1e-9",
            "let w = v / (1 + Number.Abs(v)) in Number.Abs(Number.Cosh(w) - Number.Sinh(w) - Number.Exp(-w)) < 1e-9",
            "let w = v / (1 + Number.Abs(v)) in Number.Abs(Number.Tanh(w) - Number.Sinh(w) / Number.Cosh(w)) < 1e-9",
            "let w = v / (1 + Number.Abs(v)) in Number.Abs(Number.Tan(w) - Number.Sin(w) / Number.Cos(w)) < 1e-9",
            "Number.RoundAwayFromZero(v) = -Number.RoundAwayFromZero(-v) and Number.Abs(Number.RoundAwayFromZero(v)) >= Number.Abs(v)",
            "let w = Number.Mod(Number.Abs(Number.Round(v)), 1000) in Number.BitwiseShiftRight(Number.BitwiseShiftLeft(w, 5), 5) = w",
            "Number.Combinations(9, 4) = Number.Permutations(9, 4) / Number.Factorial(4) and not Number.IsNaN(v)",
            "let w = Number.Round(v) in Number.BitwiseNot(Number.BitwiseNot(w)) = w and Number.BitwiseAnd(w, w) = w",
            "let w = Number.Round(v) in Number.BitwiseXor(w, w) = 0 and Number.BitwiseOr(w, 0) = w",
            "Logical.From(v) = (v <> 0) and Logical.FromText(Logical.ToText(v > 0)) = (v > 0)",
            "Number.From(Duration.From(Number.Round(v / 1e4))) = Number.Round(v / 1e4)",
            "Value.As(v, type number) = v and Value.Is(v, Number.Type)",
            "Value.NullableEquals(v, v) and Value.NullableEquals(v, null) = null",
            "Value.Metadata(Value.ReplaceMetadata(v, [a = 1])) = [a = 1]",
            "Value.RemoveMetadata(Value.ReplaceMetadata(v, [a = 1])) = v and Value.Optimize(v) = v",
            "Function.Invoke(each _, {v}) = v and Function.InvokeAfter(() => v, #duration(0, 0, 0, 0)) = v",
            "Function.From(type function (x as any) as any, (l) => l{0})(v) = v",
            "Replacer.ReplaceValue(v, v, 1) = 1 and Comparer.Ordinal(v, v) = 0",
            "Comparer.Equals(Comparer.Ordinal, v, v) and Character.ToNumber(Character.FromNumber(65)) = 65",
            "Diagnostics.Trace(TraceLevel.Information, \"m\", v) = v",
            "Variable.ValueOrDefault(\"x\", v) = v",
        ],
    );
}

#[test]
fn laws_of_texts() {
    holds(
        text(),
        &[
            "Text.Combine(Text.SplitAny(v, \"xq\")) = Text.Remove(v, {\"x\", \"q\"})",
            "Text.Length(Text.Select(v, {\"a\"..\"z\"})) + Text.Length(Text.Remove(v, {\"a\"..\"z\"})) = Text.Length(v)",
            "Text.Reverse(Text.Reverse(v)) = v",
            "Text.Insert(v, 0, \"ab\") = \"ab\" & v and Text.RemoveRange(\"ab\" & v, 0, 2) = v",
            "v = \"\" or Text.ReplaceRange(v, 0, 0, \"ab\") = \"ab\" & v",
            "Text.Middle(v, 0, 2) = Text.Start(v, 2)",
            "v = \"\" or (Text.At(v, 0) = Text.Start(v, 1) and Text.Range(v, 0, 1) = Text.Start(v, 1))",
            "Text.Length(Text.PadStart(v, 9)) = 9 or Text.Length(v) > 9",
            "Text.TrimStart(Text.PadStart(v, 9)) = Text.TrimStart(v) and Text.TrimEnd(Text.PadEnd(v, 9)) = Text.TrimEnd(v)",
            "Text.Trim(v) = Text.TrimStart(Text.TrimEnd(v))",
            "Text.Repeat(v, 3) = v & v & v",
            "Text.Replace(Text.Replace(v, \"q\", \"#(tab)\"), \"#(tab)\", \"q\") = v",
            "Replacer.ReplaceText(v, \"a\", \"b\") = Text.Replace(v, \"a\", \"b\")",
            "Text.Contains(v, Text.Middle(v, 1, 2))",
            "let at = Text.PositionOf(v & \"~#\", \"~#\") in 0 <= at and at <= Text.Length(v)",
            "Text.PositionOfAny(v, {\"a\"}) = Text.PositionOf(v, \"a\")",
            "Text.BeforeDelimiter(v, \";\") & (if Text.Contains(v, \";\") then \";\" & Text.AfterDelimiter(v, \";\") else \"\") = v",
            "let w = Text.Remove(v, {\"[\", \"]\"}) in Text.BetweenDelimiters(\"[\" & w & \"]\", \"[\", \"]\") = w",
            "Text.Upper(Text.Upper(v)) = Text.Upper(v) and Text.Proper(Text.Proper(v)) = Text.Proper(v)",
            "Text.Clean(Text.Clean(v)) = Text.Clean(v)",
            "Text.Format(\"#{0}#{1}\", {v, v}) = v & v",
            "Uri.Parts(\"http://x/?q=\" & Uri.EscapeDataString(v))[Query][q] = v",
            "Uri.Parts(\"http://x/?\" & Uri.BuildQueryString([q = v]))[Query][q] = v",
            "Record.Field(Expression.Evaluate(\"[\" & Expression.Identifier(v) & \" = 1]\"), v) = 1",
            "Text.Combine(Splitter.SplitTextByPositions({0, 2})(v)) = v",
            "Text.Combine(Splitter.SplitTextByRepeatedLengths(2)(v)) = v",
            "Text.Combine(Splitter.SplitTextByCharacterTransition({\"a\"..\"z\"}, {\"0\"..\"9\"})(v)) = v",
            "Splitter.SplitByNothing()(v) = {v}",
            "Splitter.SplitTextByAnyDelimiter({\";\"})(v) = Splitter.SplitTextByDelimiter(\";\")(v)",
            "Text.Combine(Splitter.SplitTextByWhitespace(QuoteStyle.None)(v)) = Text.Remove(v, {\" \"})",
            "Combiner.CombineTextByEachDelimiter({\";\"}, QuoteStyle.None)({v, v}) = v & \";\" & v",
            "Csv.Document(\"\"\"\" & Text.Replace(v, \"\"\"\", \"\"\"\"\"\") & \"\"\"\"){0}[Column1] = v",
            "let w = Text.Clean(v) in w = \"\" or Lines.FromBinary(Lines.ToBinary({w, w})) = {w, w}",
        ],
    );
    let bytes = text().prop_map(|text| format!("Text.ToBinary({text})"));
    holds(
        bytes,
        &[
            "Binary.Range(Binary.Combine({v, v}), Binary.Length(v)) = v",
            "Binary.FromList(Binary.ToList(v)) = v and Binary.Length(v) = List.Count(Binary.ToList(v))",
            "Binary.Combine(Binary.Split(v, 2)) = v and Binary.Buffer(v) = v",
            "Binary.From(Binary.ToText(v)) = v and Binary.ApproximateLength(v) = Binary.Length(v)",
            "BinaryFormat.Text(Binary.Length(v))(v) = Text.FromBinary(v)",
            "BinaryFormat.List(BinaryFormat.Byte)(v) = Binary.ToList(v)",
            "BinaryFormat.Binary(Binary.Length(v))(v) = v and BinaryFormat.Null(v) = null",
            "BinaryFormat.Length(BinaryFormat.Binary(), Binary.Length(v))(v) = v",
            "BinaryFormat.Record([a = BinaryFormat.Byte, r = BinaryFormat.Binary()])(Binary.Combine({#binary({7}), v}))[r] = v",
            "BinaryFormat.Transform(BinaryFormat.Binary(), each _)(v) = v",
            "BinaryFormat.Choice(BinaryFormat.Byte, (n) => BinaryFormat.Binary(n))(Binary.Combine({#binary({Binary.Length(v)}), v})) = v",
        ],
    );
}

#[test]
fn laws_of_records_and_types() {
    let record = (number(), text()).prop_map(|(number, text)| format!("[a = {number}, b = {text}]"));
    holds(
        record,
        &[
            "Record.FromList(Record.ToList(v), Record.FieldNames(v)) = v",
            "Record.FromTable(Record.ToTable(v)) = v",
            "Record.RemoveFields(Record.AddField(v, \"c\", 1), \"c\") = v",
            "Record.RenameFields(Record.RenameFields(v, {\"a\", \"z\"}), {\"z\", \"a\"}) = v",
            "Record.ReorderFields(v, {\"b\", \"a\"}) = v",
            "Record.Combine({v, []}) = v and Record.Combine({v, v}) = v",
            "Record.SelectFields(v, Record.FieldNames(v)) = v",
            "Record.TransformFields(v, {\"a\", each _}) = v",
            "Record.FieldCount(v) = List.Count(Record.FieldValues(v)) and Record.HasFields(v, {\"a\", \"b\"})",
            "Record.Field(v, \"a\") = v[a] and Record.FieldOrDefault(v, \"c\", 5) = 5",
            "Table.FromRecords({v}){0} = v and Error.Record(\"a\", \"b\", v)[Detail] = v",
        ],
    );
    let types = prop_oneof!["number", "text", "date", "list", "any"].prop_map(|name| format!("type {name}"));
    holds(
        types,
        &[
            "Type.RecordFields(Type.ForRecord([a = [Type = v, Optional = false]], false))[a][Type] = v",
            "let f = Type.ForFunction([ReturnType = v, Parameters = [x = v]], 1) in Type.FunctionReturn(f) = v and Type.FunctionParameters(f) = [x = v] and Type.FunctionRequiredParameters(f) = 1",
            "Type.Is(Type.NonNullable(v), v) and Type.Is(v, type any)",
            "Type.ListItem(type {v}) = v and Type.TableColumn(type table [a = v], \"a\") = v",
            "Type.IsOpenRecord(Type.OpenRecord(type [a = v])) and not Type.IsOpenRecord(Type.ClosedRecord(type [a = v, ...]))",
            "Type.TableKeys(Type.AddTableKey(type table [a = v], {\"a\"}, true)) = Type.TableKeys(Type.ReplaceTableKeys(type table [a = v], {[Columns = {\"a\"}, Primary = true]}))",
            "Type.Facets(Type.ReplaceFacets(v, [NumericScale = 2]))[NumericScale] = 2",
        ],
    );
}

#[test]
fn laws_of_tables() {
    holds(
        table(),
        &[
            "Table.RemoveColumns(Table.AddColumn(v, \"z\", each 1), \"z\") = v",
            "Table.RemoveColumns(Table.DuplicateColumn(v, \"x\", \"z\"), \"z\") = v",
            "Table.ReorderColumns(v, {\"y\", \"x\", \"k\"}) = v",
            "Table.SelectColumns(v, Table.ColumnNames(v)) = v",
            "Table.TransformColumns(v, {{\"x\", each _}}) = v",
            "Table.TransformColumnNames(Table.TransformColumnNames(v, Text.Upper), Text.Lower) = v",
            "Table.Combine(Table.SplitAt(v, 2)) = v",
            "Table.RowCount(Table.SelectRows(v, each [k] > 50)) + Table.RowCount(Table.SelectRows(v, each [k] <= 50)) = Table.RowCount(v)",
            "Table.RemoveRows(Table.InsertRows(v, 0, {[k = 0, x = 0, y = \"\"]}), 0) = v",
            "Table.ReplaceRows(v, 0, Table.RowCount(v), Table.ToRecords(v)) = v",
            "Table.Repeat(v, 2) = Table.Combine({v, v})",
            "Table.IsEmpty(v) or Table.Max(v, \"k\") = Table.First(Table.Sort(v, {\"k\", Order.Descending}))",
            "Table.IsEmpty(v) or Table.Min(v, \"k\") = Table.First(Table.Sort(v, \"k\"))",
            "Table.MaxN(v, \"k\", 2) = Table.FirstN(Table.Sort(v, {\"k\", Order.Descending}), 2)",
            "Table.MinN(v, \"k\", 2) = Table.FirstN(Table.Sort(v, \"k\"), 2)",
            "Table.IsEmpty(v) or (Table.Contains(v, Table.Last(v)) and Table.ContainsAny(v, {Table.Last(v)}))",
            "Table.ContainsAll(v, Table.ToRecords(Table.FirstN(v, 2)))",
            "Table.IsEmpty(v) or Table.PositionOf(v, Table.Last(v)) = Table.RowCount(v) - 1",
            "Table.IsEmpty(v) or Table.PositionOfAny(v, {v{0}}) = 0",
            "Table.IsDistinct(v, \"k\")",
            "Table.MatchesAllRows(v, each [k] >= 0) and not Table.MatchesAnyRows(v, each [k] < 0)",
            "Table.TransformRows(v, each [k]) = v[k] and Table.ToList(v, each _{0}) = List.Transform(v[k], each _)",
            "Table.FillUp(v, {\"x\"}) = v and Table.FillDown(v, {\"x\"}) = v",
            "Table.ReplaceValue(v, null, 0, Replacer.ReplaceValue, {\"x\"}) = v and Table.ReplaceErrorValues(v, {\"x\", 0}) = v",
            "Table.RemoveRowsWithErrors(v) = v and Table.IsEmpty(Table.SelectRowsWithErrors(v))",
            "Table.Keys(Table.ReplaceKeys(v, {[Columns = {\"k\"}, Primary = true]})) = Table.Keys(Table.AddKey(v, {\"k\"}, true))",
            "Table.Schema(v)[Name] = Table.ColumnNames(v)",
            "List.Sort(Table.Profile(v)[Column]) = List.Sort(Table.ColumnNames(v))",
            "Table.HasColumns(v, {\"k\", \"x\"}) and Table.ColumnCount(v) = 3",
            "Table.ExpandRecordColumn(Table.CombineColumnsToRecord(v, \"r\", {\"x\", \"y\"}), \"r\", {\"x\", \"y\"}) = v",
            "Table.ExpandListColumn(Table.TransformColumns(v, {{\"x\", each {_}}}), \"x\") = v",
            "let w = Table.TransformColumns(v[[k], [x]], {{\"k\", Text.From}, {\"x\", Text.From}}) in Table.SplitColumn(Table.CombineColumns(w, {\"k\", \"x\"}, Combiner.CombineTextByDelimiter(\";\"), \"c\"), \"c\", Splitter.SplitTextByDelimiter(\";\"), {\"k\", \"x\"}) = w",
            "Table.TransformColumnTypes(Table.TransformColumnTypes(v, {{\"k\", type text}}), {{\"k\", Int64.Type}})[k] = v[k]",
            "Table.AlternateRows(v, 0, 0, 1) = v",
            "Table.RemoveFirstN(v, 1) = Table.Skip(v, 1)",
            "Table.Combine({Table.RemoveLastN(v, 1), Table.LastN(v, 1)}) = v",
            "Table.Range(v, 1, 2) = Table.FirstN(Table.Skip(v, 1), 2)",
            "Table.RemoveColumns(Table.FromPartitions(\"p\", {{1, v}}), \"p\") = v",
            "Table.StopFolding(v) = v and Table.ApproximateRowCount(v) = Table.RowCount(v)",
            "Table.IsEmpty(v) or (Table.SingleRow(Table.FirstN(v, 1)) = v{0} and Table.FirstValue(v) = v{0}[k])",
            "List.Transform(Table.AddJoinColumn(v, \"k\", v, \"k\", \"j\")[j], Table.RowCount) = List.Repeat({1}, Table.RowCount(v))",
            "Table.AggregateTableColumn(Table.NestedJoin(v, \"k\", v, \"k\", \"j\"), \"j\", {{\"k\", List.Sum, \"s\"}})[s] = v[k]",
            "Table.ReplaceMatchingRows(v, {}) = v and Table.RemoveMatchingRows(v, {}) = v",
        ],
    );
}

#[test]
fn laws_of_moments() {
    holds(
        date(),
        &[
            "Date.AddMonths(Date.AddMonths(v, -5), 5) = v and Date.AddQuarters(v, -1) = Date.AddMonths(v, -3)",
            "Date.AddYears(Date.AddYears(v, -3), 3) = v and Date.AddWeeks(v, -2) = Date.AddDays(v, -14)",
            "DateTime.Date(DateTime.From(v)) = v and DateTime.Time(DateTime.From(v)) = #time(0, 0, 0)",
            "let d = DateTime.From(v) in DateTimeZone.RemoveZone(DateTime.AddZone(d, 2)) = d",
            "let z = DateTime.AddZone(DateTime.From(v), 2) in DateTimeZone.SwitchZone(z, 5) = z and DateTimeZone.ToUtc(z) = z",
            "let z = DateTime.AddZone(DateTime.From(v), 2) in DateTimeZone.FromText(DateTimeZone.ToText(z)) = z",
            "let z = DateTime.AddZone(DateTime.From(v), 2), r = DateTimeZone.ToRecord(z) in #datetimezone(r[Year], r[Month], r[Day], r[Hour], r[Minute], r[Second], r[ZoneHours], r[ZoneMinutes]) = z",
            "let d = DateTime.From(v), r = DateTime.ToRecord(d) in #datetime(r[Year], r[Month], r[Day], r[Hour], r[Minute], r[Second]) = d",
            "List.Dates(v, 2, #duration(1, 0, 0, 0)) = {v, Date.AddDays(v, 1)}",
            "Date.DayOfWeek(v, Day.Monday) = Number.Mod(Date.DayOfWeek(v, Day.Sunday) + 6, 7)",
            "Date.DayOfYear(v) = Duration.Days(v - Date.StartOfYear(v)) + 1",
            "Date.DaysInMonth(v) = Date.Day(Date.EndOfMonth(v)) and Date.IsLeapYear(v) = (Date.DayOfYear(Date.EndOfYear(v)) = 366)",
            "Date.StartOfQuarter(v) <= v and v <= Date.EndOfQuarter(v)",
            "Date.QuarterOfYear(Date.StartOfQuarter(v)) = Date.QuarterOfYear(Date.EndOfQuarter(v))",
            "Date.StartOfDay(v) = v and Date.EndOfDay(v) = v",
            "Date.WeekOfMonth(Date.StartOfMonth(v)) = 1 and Date.WeekOfYear(Date.StartOfYear(v)) = 1",
            "Date.DayOfWeekName(v, \"de-DE\") = Date.ToText(v, [Format = \"dddd\", Culture = \"de-DE\"])",
            "Date.MonthName(v, \"en-US\") = Date.ToText(v, [Format = \"MMMM\", Culture = \"en-US\"])",
            "let z = DateTime.AddZone(DateTime.From(v), 2, 30) in DateTimeZone.ZoneHours(z) = 2 and DateTimeZone.ZoneMinutes(z) = 30 and DateTimeZone.From(z) = z",
            "let d = DateTime.From(v) in List.DateTimes(d, 2, #duration(0, 1, 0, 0)) = {d, d + #duration(0, 1, 0, 0)}",
            "let z = DateTime.AddZone(DateTime.From(v), 2) in List.DateTimeZones(z, 2, #duration(0, 1, 0, 0)) = {z, z + #duration(0, 1, 0, 0)}",
        ],
    );
    holds(
        time(),
        &[
            "List.Times(v, 2, #duration(0, 0, 0, 0)) = {v, v}",
            "let r = Time.ToRecord(v) in #time(r[Hour], r[Minute], r[Second]) = v",
            "Time.StartOfHour(v) <= v and v <= Time.EndOfHour(v)",
        ],
    );
    holds(
        duration(),
        &[
            "List.Durations(v, 2, v) = {v, v + v}",
            "Duration.From(Number.From(v)) - v < #duration(0, 0, 0, 1)",
            "#duration(Duration.Days(v), Duration.Hours(v), Duration.Minutes(v), Duration.Seconds(v)) = v",
            "Number.Abs(Duration.TotalHours(v) * 60 - Duration.TotalMinutes(v)) < 1e-3",
        ],
    );
}
