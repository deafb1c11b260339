//! Documented functions that cannot work here, and what to use instead.
//!
//! They exist with their types, so that queries that name them load; a call raises `DataSource.Error` with the text
//! below. A function that gets a body is taken off this list: a test holds the two apart.

use crate::value::{Error, Reason, Value};

/// Names, or beginnings of names that end in a dot, with what is missing and what helps.
const UNAVAILABLE: &[(&str, &str)] = &[
    (
        "Access.Database",
        "it needs the database engine of Microsoft Access, which runs on Windows alone. Export the tables and read them with Csv.Document or Excel.Workbook.",
    ),
    (
        "AccessControlEntry.",
        "it belongs to the access policies of Microsoft's services. Check access before the query runs.",
    ),
    (
        "Action.",
        "it belongs to actions, which only Microsoft's connectors run. Write data with a pqm project.",
    ),
    (
        "ActiveDirectory.",
        "it needs the directory client of Windows. Export the objects, for example with ldapsearch or Get-ADUser, and read them with Csv.Document or Json.Document.",
    ),
    (
        "AdoDotNet.",
        "it needs a data provider of .NET. Use the function of the database itself, or export the tables.",
    ),
    (
        "AdobeAnalytics.",
        "it needs the closed connector of Adobe Analytics. Ask its web service with Web.Contents and read the answer with Json.Document.",
    ),
    (
        "AnalysisServices.",
        "it needs the client of Analysis Services. Export the result of the query and read it with Csv.Document.",
    ),
    (
        "AzureStorage.",
        "it needs the connector of Azure Storage. Read blobs by their address, with a shared access signature, with Web.Contents.",
    ),
    (
        "Cdm.",
        "it needs the connector of the Common Data Model. Read its CSV or Parquet files with Csv.Document or Parquet.Document.",
    ),
    (
        "Cube.",
        "it needs a cube, and cubes come only from Analysis Services, SAP and their like. Use tables and Table.Group.",
    ),
    ("DB2.", "there is no driver for IBM Db2. Export the tables and read them with Csv.Document."),
    ("DeltaLake.Table", "this build of pqm has no Parquet. Build it with the feature parquet."),
    (
        "DeltaLake.",
        "it can't be asked for here. Read the rows with DeltaLake.Table, or the files of _delta_log with Json.Document.",
    ),
    ("DirectQueryCapabilities.", "it belongs to DirectQuery, which only Power BI has."),
    ("Essbase.", "it needs the client of Oracle Essbase. Export the result and read it with Csv.Document."),
    (
        "Excel.CurrentWorkbook",
        "there is no workbook around this query. Read the file with Excel.Workbook(File.Contents(path)).",
    ),
    ("Excel.ShapeTable", "it belongs to Excel itself."),
    (
        "Excel.Workbook",
        "this build of pqm has no reader of workbooks. Build it with the feature excel, or save the sheet as CSV and read it with Csv.Document.",
    ),
    (
        "Exchange.",
        "it needs the client of Microsoft Exchange. Export the items, or ask Microsoft Graph with Web.Contents.",
    ),
    ("FabricAI.", "it needs the service of Microsoft Fabric."),
    (
        "GoogleAnalytics.",
        "it needs the closed connector of Google Analytics. Ask its web service with Web.Contents and read the answer with Json.Document.",
    ),
    ("Graph.", "it is meant for internal use by Microsoft's services."),
    (
        "HdInsight.",
        "it needs the connector of Azure HDInsight. Read the files by their address with Web.Contents.",
    ),
    ("Hdfs.", "it needs the connector of Hadoop. Read the files over WebHDFS with Web.Contents."),
    ("Identity.", "it belongs to the identities of Microsoft's services."),
    ("IdentityProvider.", "it belongs to the identities of Microsoft's services."),
    ("Informix.", "there is no driver for IBM Informix. Export the tables and read them with Csv.Document."),
    (
        "MySQL.",
        "there is no driver for MySQL in this version. Export the tables and read them with Csv.Document.",
    ),
    (
        "OData.Feed",
        "this build of pqm has no HTTP. Build it with the feature http, or save the answer and read it with Json.Document.",
    ),
    (
        "Odbc.",
        "there is no ODBC in this version. Use the function of the database itself, or export the tables.",
    ),
    (
        "OleDb.",
        "OLE DB runs on Windows alone. Use the function of the database itself, or export the tables.",
    ),
    (
        "Oracle.",
        "there is no driver for Oracle in this version. Export the tables and read them with Csv.Document.",
    ),
    (
        "Parquet.",
        "this build of pqm has no Parquet. Build it with the feature parquet, or export the table as CSV and read it with Csv.Document.",
    ),
    (
        "Pdf.",
        "there is no reader of PDF documents. Convert the tables, for example with tabula or pdftotext -layout, and read them with Csv.Document.",
    ),
    (
        "PostgreSQL.",
        "this build of pqm does not reach PostgreSQL. Build it with the feature postgres, or export the tables with COPY and read them with Csv.Document.",
    ),
    ("Progress.", "it is meant for internal use by Microsoft's services."),
    (
        "RData.",
        "there is no reader of R's data files. Write them as CSV in R and read them with Csv.Document.",
    ),
    (
        "Salesforce.",
        "it needs the connector of Salesforce. Ask its REST interface with Web.Contents and read the answer with Json.Document.",
    ),
    ("SapBusinessWarehouse.", "it needs the client of SAP. Export the query and read it with Csv.Document."),
    ("SapHana.", "it needs the client of SAP HANA. Export the view and read it with Csv.Document."),
    (
        "SharePoint.",
        "it needs the connector of SharePoint. Ask its REST interface with Web.Contents, or read a synchronised folder with Folder.Files.",
    ),
    (
        "Soda.",
        "this build of pqm has no HTTP. Build it with the feature http, or save the answer and read it with Csv.Document.",
    ),
    (
        "Sql.",
        "there is no driver for SQL Server in this version. Export the tables and read them with Csv.Document.",
    ),
    ("SqlExpression.", "it is meant for internal use by Microsoft's services."),
    (
        "Sybase.",
        "there is no driver for SAP SQL Anywhere. Export the tables and read them with Csv.Document.",
    ),
    (
        "Tables.GetRelationships",
        "relationships come only from databases whose drivers are not there. Use Table.NestedJoin with the columns themselves.",
    ),
    ("Teradata.", "there is no driver for Teradata. Export the tables and read them with Csv.Document."),
    (
        "Value.Firewall",
        "it belongs to the privacy levels of Microsoft's services, which decide there what may be combined.",
    ),
    (
        "Web.BrowserContents",
        "it needs a web browser. Use Web.Contents where the page does not need its scripts, and Html.Table to read it.",
    ),
    (
        "Web.",
        "this build of pqm has no HTTP. Build it with the feature http, or save the page and read it with File.Contents.",
    ),
    (
        "WebAction.",
        "it belongs to actions, which only Microsoft's connectors run. Use Web.Contents with the option Content.",
    ),
];

/// Functions that work, but not in everything the documentation says, and what they lack.
const PARTLY: &[(&str, &str)] = &[
    ("Excel.Workbook", "tables and hidden names are told only by Open XML workbooks (.xlsx)."),
    ("Html.Table", "the functions of columns are given TextContent and Attributes of an element."),
    (
        "Table.AddFuzzyClusterColumn",
        "the likeness of texts is measured by edits of words, not by the statistics of Microsoft's service: near the threshold results may differ.",
    ),
    (
        "Table.FuzzyGroup",
        "the likeness of texts is measured by edits of words, not by the statistics of Microsoft's service: near the threshold results may differ. SimilarityColumnName takes one key.",
    ),
    (
        "Table.FuzzyJoin",
        "the likeness of texts is measured by edits of words, not by the statistics of Microsoft's service: near the threshold results may differ.",
    ),
    (
        "Table.FuzzyNestedJoin",
        "the likeness of texts is measured by edits of words, not by the statistics of Microsoft's service: near the threshold results may differ.",
    ),
    ("Web.Page", "scripts are not run, and structures other than tables are only in the row Document."),
    (
        "Xml.Document",
        "text between elements is a row without a name; what the closed engine gives there is not documented.",
    ),
];

/// What a function lacks that otherwise works.
pub(super) fn lacks(name: &str) -> Option<&'static str> {
    PARTLY.iter().find(|(known, _)| *known == name).map(|(_, what)| *what)
}

/// Why a function cannot work here and what helps, as a sentence that follows its name; `None` where nothing is known.
pub(super) fn reason(name: &str) -> Option<&'static str> {
    let is_meant = |known: &str| if known.ends_with('.') { name.starts_with(known) } else { name == known };
    UNAVAILABLE.iter().find(|(known, _)| is_meant(known)).map(|(_, why)| *why)
}

/// The error that a call of the function raises.
pub(super) fn error(name: &str) -> Error {
    match reason(name) {
        Some(why) => Error::new(Reason::DataSource, format!("{name} can't be used: {why}"))
            .with_format("#{0} can't be used: #{1}", vec![Value::text(name), Value::text(why)])
            .with_detail(Value::text(name)),
        None => crate::eval::not_available(name),
    }
}

#[cfg(test)]
mod tests {
    use super::{UNAVAILABLE, reason};
    use crate::library::Library;

    #[test]
    fn every_absent_function_says_why() {
        let library = Library::get();
        let silent: Vec<&&str> = library
            .all_names()
            .iter()
            .filter(|name| library.is_absent(name) && reason(name).is_none())
            .collect();
        assert!(silent.is_empty(), "absent without a reason in library/unavailable.rs: {silent:?}");
    }

    #[test]
    fn a_call_says_what_is_missing_and_what_helps() {
        let query = crate::Engine::new().compile("test", "Access.Database(#binary({}))").unwrap();
        let error = query.evaluate(&query.start()).unwrap_err();
        assert_eq!(error.reason().as_str(), "DataSource.Error");
        assert!(error.message().contains("Windows alone") && error.message().contains("Csv.Document"));
    }

    #[test]
    fn no_reason_is_left_over() {
        // What a feature leaves out may be here and declared; so may the rest of a namespace.
        let by_feature =
            ["DeltaLake.Table", "Excel.Workbook", "OData.Feed", "Parquet.", "Soda.", "Web.", "PostgreSQL."];
        let library = Library::get();
        let meant = |known: &str, name: &str| {
            if known.ends_with('.') { name.starts_with(known) } else { name == known }
        };
        let stale: Vec<&str> = UNAVAILABLE
            .iter()
            .map(|(known, _)| *known)
            .filter(|known| !by_feature.contains(known))
            .filter(|known| {
                !library.all_names().iter().any(|name| meant(known, name) && library.is_absent(name))
            })
            .collect();
        assert!(stale.is_empty(), "these work now; take them off library/unavailable.rs: {stale:?}");
    }
}
