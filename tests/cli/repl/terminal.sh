#!/usr/bin/env bash
# Walks through `pqm repl` in a real terminal (tmux) and compares each screen with its capture in `screens/`.
# usage: terminal.sh PQM [write]      (from the project's folder; `write` takes new captures over)
set -euo pipefail
pqm=$1; mode=${2:-compare}
here=tests/cli/repl/screens; mkdir -p "$here"
states=$(mktemp -d); out=$(mktemp -d); name="pqm-walk-$$"
trap 'tmux -L "$name" kill-server 2>/dev/null || true; rm -rf "$states" "$out"' EXIT
failed=0

start() {
  tmux -L "$name" new-session -d -x 110 -y 40 \
    "sh -c 'echo \$\$ > $states/pid; exec env -u COLUMNS PQM_STATE=$states NO_COLOR= $pqm repl --rows 5'; echo ended; sleep 60"
  wait_for '^pqm>$'
}
screen() { tmux -L "$name" capture-pane -p | sed -e "s#$out#OUT#g" -e 's/[[:space:]]*$//'; }
wait_for() { for _ in $(seq 200); do screen | grep -qE -- "$1" && return; sleep 0.05; done; screen; echo "never seen: $1"; exit 1; }
keys() { tmux -L "$name" send-keys -l -- "$1"; }
press() { tmux -L "$name" send-keys "$@"; }
enter() { tmux -L "$name" send-keys -R C-l; keys "$1"; press Enter; wait_for "$2"; }
shot() {
  sleep 0.2
  if [ "$mode" = write ]; then screen > "$here/$1.txt"
  elif ! diff -u "$here/$1.txt" <(screen); then failed=1; fi
}

start
enter ':source examples/prospect-to-cash/data/accounts.csv' 'of 11 columns';                    shot 01-source
enter ':profile' 'all [0-9]+ rows|first [0-9]+ rows';                                           shot 02-profile
enter ':profile Industry' '^(all|the first) ';                                                  shot 03-distribution
enter ':errors' 'rows';                                                                         shot 04-errors
press C-l; keys 'Table.SelectRows(_, each [Sta'; press Tab; wait_for 'Status\]';                shot 05-completion
keys ' = "Active")'; press Enter; wait_for 'Filtered rows';                                     shot 06-filtered
enter 'Table.SelectColumns(_, {"Account Nmae"})' 'not kept';                                    shot 07-mistake
enter 'Top = Table.FirstN(Table.Sort(_, {{"Employees", Order.Descending}}), 3)' '3 rows';       shot 08-top
# An evaluation without an end: the prompt goes on, Ctrl-C ends it.
press C-l; keys 'List.Count(List.Generate(() => 0, each true, each _ + 1))'; press Enter; sleep 0.3
keys ':steps'; press Enter; wait_for 'Custom .*List'; keys '1 + '; wait_for 'pqm> 1 \+'; press C-c; wait_for 'Interrupted'
shot 09-interrupted
enter ':undo' 'Top'; enter ":save $out/top" 'saved';                                            shot 10-saved
# One line a row: line breaks in cells are escaped.
"$pqm" run "$out/top.pq" --format jsonl | wc -l | grep -qx 3 || { echo "the saved query gives something else"; failed=1; }
# Killed without warning: history and steps are there at the next start.
enter 'Table.RowCount(_)' 'Counted rows'
kill -9 "$(cat "$states/pid")"; wait_for ended
tmux -L "$name" kill-server; start
wait_for 'was not saved';                                                                       shot 11-after-kill
enter ':restore' 'Counted rows';                                                                shot 12-restored
press C-l; press Up; press Up; wait_for 'Table.RowCount';                                       shot 13-history
press C-c; press C-d; wait_for ended
[ "$failed" = 0 ] && echo "all screens as captured"
exit "$failed"
