//! XML and HTML documents as queries read them.

use crate::Engine;

fn shown(text: &str) -> String {
    Engine::new().shown(text)
}

const FEED: &str = "<rss version='2.0' xmlns:dc='urn:dc'><channel><title>T</title><item><title>a</title>\
                    <dc:creator>A</dc:creator></item><item><title>b</title><tag>x</tag><tag>y</tag></item></channel></rss>";

#[test]
fn a_feed_is_read_as_the_editor_reads_it() {
    let rows = format!("let channel = Xml.Tables(\"{FEED}\"){{0}}[channel], item = channel{{0}}[item] in");
    assert_eq!(shown(&format!("{rows} channel{{0}}[title]")), "\"T\"");
    assert_eq!(shown(&format!("{rows} Table.ColumnNames(item)")), "{\"title\", \"tag\", \"urn:dc\"}");
    assert_eq!(shown(&format!("{rows} item{{0}}[#\"urn:dc\"]{{0}}[creator]")), "\"A\"");
    assert_eq!(shown(&format!("{rows} item{{0}}[tag]")), "null");
    assert_eq!(shown(&format!("{rows} item{{1}}[tag][#\"Element:Text\"]")), "{\"x\", \"y\"}");
    assert_eq!(
        shown(&format!("Table.ColumnNames(Xml.Tables(\"{FEED}\"))")),
        "{\"channel\", \"Attribute:version\"}"
    );
}

#[test]
fn rows_of_nothing_but_tables_are_given_by_name() {
    let message = "<m:Message xmlns:m='urn:m' xmlns:g='urn:g'><m:Header><g:Id>1</g:Id></m:Header>\
                   <m:Data><g:Obs v='1'/><g:Obs v='2'/></m:Data></m:Message>";
    let top = format!("Xml.Tables(\"{message}\")");
    assert_eq!(shown(&format!("{top}[Name]")), "{\"Header\", \"Data\"}");
    assert_eq!(shown(&format!("{top}{{1}}[Table][Name]")), "{\"urn:g\"}");
    assert_eq!(
        shown(&format!("{top}{{1}}[Table]{{0}}[Table]{{0}}[Table][#\"Attribute:v\"]")),
        "{\"1\", \"2\"}"
    );
    // What stands in no namespace is held by a column of its own name.
    let bare = "<a xmlns='urn:a' k='1'><b xmlns=''><c/></b></a>";
    assert_eq!(
        shown(&format!("Table.ColumnNames(Xml.Tables(\"{bare}\"))")),
        "{\"Namespace:\", \"Attribute:k\"}"
    );
}

#[test]
fn encodings_are_what_the_document_says_or_the_argument() {
    let bytes = "Text.ToBinary(\"<?xml version='1.0' encoding='windows-1252'?><a k='1'>\u{e9}</a>\", 1252)";
    assert_eq!(shown(&format!("Xml.Tables({bytes})[#\"Element:Text\"]{{0}}")), "\"\u{e9}\"");
    let plain = "Text.ToBinary(\"<a k='1'>\u{e9}</a>\", 1252)";
    assert_eq!(shown(&format!("Xml.Tables({plain}, null, 1252)[#\"Element:Text\"]{{0}}")), "\"\u{e9}\"");
    let page = "Text.ToBinary(\"<meta charset='windows-1252'><b>\u{e9}</b>\", 1252)";
    assert_eq!(shown(&format!("Html.Table({page}, {{{{\"b\", \"b\"}}}})[b]")), "{\"\u{e9}\"}");
}

#[test]
fn pages_show_text_as_a_reader_sees_it() {
    let page = "<div><p>one\n  two</p><p>three<br>four</p><script>no()</script><td>x</td></div>";
    assert_eq!(
        shown(&format!("Html.Table(\"{}\", {{{{\"t\", \"div\"}}}}){{0}}[t]", page.replace('\n', "#(lf)"))),
        "\"one two#(lf)three#(lf)four#(lf)x\""
    );
    let failing = "Html.Table(\"<b>1</b><b>2</b>\", {{\"n\", \"b\", each error [TextContent]}})";
    assert_eq!(shown(&format!("Table.RowCount({failing})")), "2");
    assert_eq!(shown(&format!("{failing}{{1}}[n]")), "Expression.Error: 2");
    assert!(shown("Html.Table(\"\", {{\"n\", \"b[\"}})").contains("isn't a valid CSS selector"));
}

#[test]
fn tables_of_a_page_keep_their_grid() {
    let page = "<table id='t'><caption>C</caption><tr><th>a<th>a<th></tr>\
                <tr><td rowspan=2>1<td colspan=2>2</tr><tr><td>3<td>4</table>";
    assert_eq!(
        shown(&format!("Web.Page(\"{page}\"){{[Caption = \"C\", Id = \"t\"]}}[Data]")),
        "#table(type table [a = nullable text, a2 = nullable text, Column3 = nullable text], \
         {{\"1\", \"2\", \"2\"}, {\"1\", \"3\", \"4\"}})"
    );
    let body =
        format!("Web.Page(\"{page}\"){{[Caption = \"Document\"]}}[Data]{{0}}[Children]{{[Name = \"BODY\"]}}");
    assert_eq!(shown(&format!("{body}[Children]{{0}}[Name]")), "\"TABLE\"");
}
