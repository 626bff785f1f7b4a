#!/usr/bin/env bash
# A device is watched at a terminal: rows as they come, keys that mark and
# block, and a terminal that is as it was, however it ends.
. "${SRCDIR:-.}/tests/system/lib.sh"
need python3
begin
start_upstream
configure
start_homebound
pc=127.0.0.23
from() { kdig +short +noidn +retry=0 +timeout=3 -b "$1" @127.0.0.1 -p "$port" "$2" A > /dev/null; }
from "$pc" www.house.test
from "$pc" mail.house.test
hb mark "it is a device now" --device "$pc" > /dev/null
hb mark --undo > /dev/null
asks="kdig +short +noidn -b $pc @127.0.0.1 -p $port"
watch() { TERM=xterm python3 "$SRCDIR/tests/system/terminal.py" "$@" "$HOMEBOUND" watch "$pc" -c "$dir/homebound.conf"; }
enter=$'\e[?1049h' leave=$'\e[?1049l'

out=$(watch 100x24 <<-END
	wait q leave
	run $asks upload.example
	wait upload.example
	keys m
	wait label:
	keys plugged it im\x7fn\r
	wait mark 1 at
	run $asks www.house.test
	wait www.house.test
	keys k
	wait j k select
	keys b
	wait (y/n)
	keys y
	wait blocked: www.house.test
	size 60x10
	wait q leave
	keys q
END
)
has "rows come" "$out" 'sunk phone-home:3 +upload.example'
has "a sunk one is red" "$out" $'\e\\[31m  [0-9:]+ +A +sunk phone-home:3 +upload.example'
has "a name that it never asked for is new" "$out" 'upload.example  \(new\)'
has_not "one that it asked for is not" "$out" 'www.house.test  \(new\)'
has "a key marks" "$(hb marks)" "plugged it in, $pc \(sink\)"
has "the mark stands among the rows" "$out" '\-\- mark 1 at 20.*: "plugged it in" \(sink\) \-\-'
has "a key blocks what is selected" "$(hb rules)" 'block www.house.test +# seen by watch'
has "leaving compares" "$(printf '%s' "$out" | sed -n '/1049l/,$p')" 'After "plugged it in": 1 mark, [0-9]+ s each'
has "with what was asked" "$out" '^1 of 1 .* www.house.test'
has "it ends well" "$out" '^exit 0'
has "and the terminal is as it was" "$out" '^as before'
hb undo > /dev/null

out=$(watch 80x24 <<-END
	wait q leave
	keys mnothing\x1b
	wait m mark
	keys b
	wait blocked
	keys n
	wait m mark
	keys p
	wait paused
	keys q
END
)
is "Esc marks nothing" "$(hb marks | wc -l)" 1
has "no blocks nothing" "$(hb rules)" 'no rules of your own'

for how in TERM INT HUP; do
	out=$(watch 80x24 <<-END
		wait q leave
		signal $how
	END
	)
	has "SIG$how: the terminal is as it was" "$out" '^as before'
	has "SIG$how: and its screen" "$out" '\[\?1049l'
	has "SIG$how: it is an end" "$out" '^exit 0'
done
out=$(watch 80x24 <<-END
	wait q leave
	signal ABRT
END
)
has "a crash gives the terminal back" "$out" '^as before'
has "and stays one" "$out" '^killed 6'
out=$(watch 80x24 <<-END
	wait q leave
	keys \x03
END
)
has "Ctrl-C leaves" "$out" '^exit 0'

out=$(NO_COLOR=1 watch 80x24 <<-END
	wait q leave
	run $asks tracker.house.test
	wait tracker.house.test
	keys q
END
)
has "NO_COLOR: rows" "$out" '  [0-9:]+ +A +sunk phone-home:2 +tracker.house.test'
has_not "and no colours" "$out" $'\e\\[(1|7|31)m'

# Without a terminal: lines, and marks from another shell.
"$HOMEBOUND" watch "$pc" -c "$dir/homebound.conf" > "$dir/lines" 2>&1 &
watcher=$!
pids+=("$watcher")
await eval 'from $pc upload.example; grep -q upload.example "$dir/lines"'
hb mark "from elsewhere" --device "$pc" > /dev/null
await grep -q 'from elsewhere' "$dir/lines"
from "$pc" www.house.test
await grep -q www.house.test "$dir/lines"
kill -INT "$watcher"
wait "$watcher"
is "plain lines end well" $? 0
lines=$(cat "$dir/lines")
has "a line a row" "$lines" '^[0-9:]+  A +sunk phone-home:3 +upload.example'
has "a mark from another shell" "$lines" '^-- mark 2 at .*"from elsewhere"'
has "and the comparison" "$lines" '^After "from elsewhere": '
has_not "nothing of a terminal" "$lines" $'\e'
hb watch nobody.here > "$dir/out" 2>&1
is "a device that is not there is an error" $? 1
has "and named" "$(cat "$dir/out")" 'there is no device "nobody.here"'
finish
