# For the scripts that measure upserts: many rows, and a project that brings them to a store.
#   upsert_project FOLDER ROWS KIND ADDRESS ENTITY
upsert_project() {
    awk -v rows="$2" 'BEGIN { print "id,name,city,amount"; for (n = 0; n < rows; n++) {
        printf "K%09d,Person number %d,City %d,%d.%02d\n", (n * 7919) % 100000007, n, n % 977, n % 5000, n % 100 } }' >"$1/rows.csv"
    cat >"$1/project.yaml" <<YAML
name: Upsert
connections:
  - { name: Files, kind: csv, address: . }
  - { name: Store, kind: $3, address: "$4" }
connection_set:
  name: Bench
  source: { connections: [Files] }
  destination: { connections: [Store] }
tasks:
  - name: Rows
    source: { connection: Files, entity: rows.csv }
    mappings: [{ source: "*", destination: "*" }]
    destination: { connection: Store, entity: $5, key: [id] }
YAML
}
