#!/usr/bin/env bash
# Walks through `pqm repl` in a real terminal (tmux) and compares each screen with its capture in `screens/`.
# usage: terminal.sh PQM [write]      (from the project's folder; `write` takes new captures over)
set -euo pipefail
pqm=$1; mode=${2:-compare}
here=tests/cli/repl/screens; mkdir -p "$here"
states=$(mktemp -d); out=$(mktemp -d); name="pqm-walk-$$"
trap 'tmux -L "$name" kill-server 2>/dev/null || true; rm -rf "$states" "$out"' EXIT
failed=0

# A terminal with the program in it, which is told whether to colour.
start() {
  tmux -L "$name" -f /dev/null new-session -d -x 110 -y 40 \
    "sh -c 'echo \$\$ > $states/pid; exec env -u COLUMNS -u NO_COLOR PQM_STATE=$states $pqm --color $1 repl --rows 5'; echo ended; sleep 60"
  wait_for '^pqm>$'
}
# What stands on the screen, without the empty lines below; with `-e` as the sequences that colour it.
screen() {
  tmux -L "$name" capture-pane -p "$@" | sed -e "s#$out#OUT#g" -e 's/[[:space:]]*$//' -e 's/\x1b/ESC/g' |
    sed -e :a -e '/^\n*$/{$d;N;ba' -e '}'
}
wait_for() { for _ in $(seq 1200); do screen | grep -qE -- "$1" && return; sleep 0.05; done; screen; echo "never seen: $1"; exit 1; }
keys() { tmux -L "$name" send-keys -l -- "$1"; }
press() { tmux -L "$name" send-keys "$@"; }
enter() { tmux -L "$name" send-keys -R C-l; keys "$1"; press Enter; wait_for "$2"; }
# Compares the screen with its capture, which it may take a moment to become; or takes it over once it stays as it is.
shot() {
  local file=$here/$1.txt; shift
  local before now
  now=$(screen "$@")
  for _ in $(seq 600); do
    sleep 0.05
    before=$now; now=$(screen "$@")
    if [ "$mode" = write ]; then [ "$now" = "$before" ] && break
    else [ -e "$file" ] && [ "$now" = "$(cat "$file")" ] && return; fi
  done
  if [ "$mode" = write ]; then printf '%s\n' "$now" > "$file"; else diff -u "$file" - <<<"$now" || failed=1; fi
}

start never
enter ':source examples/prospect-to-cash/data/accounts.csv' 'of 11 columns';                    shot 01-source
enter ':profile' 'all [0-9]+ rows|first [0-9]+ rows';                                           shot 02-profile
enter ':profile Industry' '^(all|the first) ';                                                  shot 03-distribution
enter ':schema' 'columns$';                                                                     shot 04-schema
enter 'Typed = Table.TransformColumnTypes(_, {{"Annual Revenue", type number}})' 'of 11 columns'
enter ':errors' 'errors in';                                                                    shot 05-errors
enter ':undo' 'Changed';                                                                        shot 06-undone
enter ':drill 5' 'Notes';                                                                       shot 07-row
enter ':undo' 'Changed'
press C-l; keys 'Table.SelectRows(_, each [Sta'; press Tab; wait_for 'Status\]';                shot 08-completion
keys ' = "Active")'; press Enter; wait_for 'Filtered rows';                                     shot 09-filtered
enter 'Table.SelectColumns(_, {"Account Nmae"})' 'not kept';                                    shot 10-mistake
enter 'Top = Table.FirstN(Table.Sort(_, {{"Employees", Order.Descending}}), 3)' '3 rows';       shot 11-top
enter ':plan' 'Of what';                                                                        shot 12-plan
# An evaluation without an end: the prompt goes on, Ctrl-C ends it.
press C-l; keys 'List.Count(List.Generate(() => 0, each true, each _ + 1))'; press Enter; sleep 0.3
keys ':steps'; press Enter; wait_for 'Custom .*List'; keys '1 + '; wait_for 'pqm> 1 \+'; press C-c; wait_for 'Interrupted'
shot 13-interrupted
enter ':undo' 'Top'; enter ":save $out/top" 'saved';                                            shot 14-saved
# One line a row: line breaks in cells are escaped.
"$pqm" run "$out/top.pq" --format jsonl | wc -l | grep -qx 3 || { echo "the saved query gives something else"; failed=1; }
# Killed without warning: history and steps are there at the next start.
enter 'Table.RowCount(_)' 'Counted rows'
kill -9 "$(cat "$states/pid")"; wait_for ended
# Another server: the first one may take a moment to be gone.
tmux -L "$name" kill-server; name="$name-again"; start always
wait_for 'was not saved';                                                                       shot 15-after-kill
enter ':restore' 'Counted rows';                                                                shot 16-restored
press C-l; press Up; press Up; wait_for 'Table.RowCount';                                       shot 17-history
# The same in colours, as the sequences a terminal gets.
press C-c; wait_for 'Ctrl-D or'
enter 'Top' 'not shown';                                                                        shot 18-colours -e
press C-l; keys 'Table.SelectRows(Top, each [Status] = "Active"'; wait_for 'Active'
press Home; press End;                                                                          shot 19-line -e
press C-c; press C-d; wait_for ended
[ "$failed" = 0 ] && echo "all screens as captured"
exit "$failed"
