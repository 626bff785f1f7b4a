# disklib.sh: what the tests of the disk share.  Sourced after lib.sh.
#
#	need_unsynced		skips where the library cannot be used
#	start_on_disk		homebound, its state on that disk
#	turn_switch WORDS	what is the matter with the disk; "": nothing
#	begin_asking PREFIX SECONDS RATE
#	end_asking		waits until all is answered
#	begin_flood RATE SECONDS, end_flood
#				$flooded: so many were answered
#	reckon [OPTION...]	what the journal has beside what was answered, as
#				variables: see reckon.py
#	accounted WHAT MORE	rows and gaps are all that was ever answered
#
# The seed of what is by lot is $seed; DISK_SEED sets it, DISK_ROUNDS says how
# often a test does what it does by lot.

seed=${DISK_SEED:-1}
tools=$SRCDIR/tests/system
unsynced=${BUILDDIR:-$(dirname "$HOMEBOUND")}/tests/system/unsynced.so
asked_files=()

# Loaded into a program that is static it tells nothing, and a sanitizer wants
# to stand there itself.
need_unsynced()
{
	need python3
	local told=$dir/told
	if [ -e "$unsynced" ] && ! grep -qaE '__[at]san_init' "$HOMEBOUND"; then
		UNSYNCED_LOG=$told LD_PRELOAD=$unsynced \
			"$HOMEBOUND" version > /dev/null 2>&1 && [ -e "$told" ] && return
	fi
	echo "1..0 # skipped: $unsynced cannot be loaded"
	exit 77
}

# A list that sinks half of what the asker asks for.
household()
{
	printf '%s\n' '# a list' upload.example '*.upload.example' > "$dir/list.txt"
	configure "$@"
}

# At the beginning of a line of its own, so that no test sees half of it.
turn_switch()
{
	printf '%s\n' "$1" > "$dir/switch.new"
	mv "$dir/switch.new" "$dir/switch"
}

start_on_disk()
{
	LD_PRELOAD=$unsynced UNSYNCED_DIR=$dir/state UNSYNCED_LOG=$dir/told \
		UNSYNCED_SWITCH=$dir/switch \
		"$HOMEBOUND" serve -c "$dir/homebound.conf" >> "$dir/homebound.log" 2>&1 &
	homebound_pid=$!
	pids+=("$homebound_pid")
	await is_settled || echo "# homebound does not come up"
}

begin_asking()
{
	answers=$dir/answers.$1
	python3 "$tools/asker.py" "$port" "$1" "$2" "$3" "$answers" &
	asker=$!
	pids+=("$asker")
	asked_files+=("$answers")
}

end_asking()
{
	wait "$asker"
}

# Long names: few rows are many bytes.
begin_flood()
{
	awk 'BEGIN {
		long = sprintf("%060d", 0)
		for (i = 0; i < 2000; i++)
			print "w" i "." long "." long "." long ".upload.example A"
	}' > "$dir/q"
	dnsperf -s 127.0.0.1 -p "$port" -d "$dir/q" -Q "$1" -l "$2" -c 4 -q 200 -t 1 > "$dir/perf.log" 2>&1 &
	flood=$!
	pids+=("$flood")
}

# $flooded: how many were answered.
end_flood()
{
	wait "$flood"
	flooded=$(sed -n 's/.*Queries completed: *\([0-9]*\).*/\1/p' "$dir/perf.log")
}

reckon()
{
	hb log --csv --since @1 > "$dir/rows.csv" 2> "$dir/log.err"
	log_code=$?
	eval "$(python3 "$tools/reckon.py" "$dir/rows.csv" "$@")"
}

whole()
{
	sqlite3 -readonly "$1" 'pragma integrity_check' 2>&1 | head -n 3
}

# Questions of others than the asker: $2.  A gap is closed a moment after there
# is room again.
accounted()
{
	local tries
	for tries in 1 2 3 4 5 6; do
		reckon "${asked_files[@]}"
		[ $((all + gaps)) -lt $((answered + $2)) ] || break
		sleep 0.5
	done
	echo "# $answered answered and $2 more, $all rows, $gaps in gaps, the slowest took $slowest ms"
	is "$1: rows and gaps are all that was answered" $((all + gaps)) $((answered + $2))
	is "$1: no row is there twice, and numbers rise" "$twice $rising" "0 yes"
	is "$1: what is missing is where a gap says so" "$outside $unknown $backwards" "0 0 0"
}
