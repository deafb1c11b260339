// What the OData V4 tests run against: a plain entity, one with an etag, and a reference between them.
service Sales {
  entity Accounts {
    key number : String(20);
        name    : String(30) not null;
        revenue : Decimal(12, 2);
        opened  : Date;
  }

  entity Contacts {
    key number     : Integer;
        name       : String(50);
        @odata.etag
        modifiedAt : Timestamp @cds.on.insert: $now  @cds.on.update: $now;
        account    : Association to Accounts;
  }
}
