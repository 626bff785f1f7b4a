#!/usr/bin/env bash
# SIGKILL in the middle of a load: what was answered is in the journal, and
# the next start is clean.
. "${SRCDIR:-.}/tests/system/lib.sh"
need dnsperf
begin
start_upstream
configure "workers = ${WORKERS:-2};" 'journal = { slots = 65536; };'
awk 'BEGIN { for (i = 0; i < 500; i++) print "w" i ".wild.house.test A\nupload.example AAAA" }' > "$dir/q"
rows=0 answered=0
for round in 1 2 3; do
	start_homebound
	dnsperf -s 127.0.0.1 -p "$port" -d "$dir/q" -l 30 -c 4 -q 50 -t 1 > "$dir/perf.log" 2>&1 &
	perf=$!
	# In the middle: when some thousands were answered.
	counted() { [ "$(hb status --json | sed -n 's/.*"sunk": \([0-9]*\).*/\1/p')" -gt "$1" ]; }
	await counted $((round * 1500))
	kill -KILL "$homebound_pid"
	wait "$homebound_pid" 2>/dev/null
	kill -INT $perf
	wait $perf
	done=$(sed -n 's/.*Queries completed: *\([0-9]*\).*/\1/p' "$dir/perf.log")
	answered=$((answered + done))
	echo "# round $round: $done answered"
done
start_homebound
hb log -n 1 > /dev/null
is "the next start is clean" "$(short upload.example A)" 192.0.2.250
answered=$((answered + 1))
stop_homebound
is "and ends well" $? 0
rows=$(sqlite3 "$dir/state/journal.db" 'select (select count(*) from tail) + (select coalesce(sum(rows), 0) from block)')
lost=$(sqlite3 "$dir/state/journal.db" 'select coalesce(sum(count), 0) from gap')
echo "# $answered answered, $rows rows, $lost in gaps"
is "every answered query is a row or in a gap" \
	"$([ $((rows + lost)) -ge "$answered" ] && echo yes)" yes
is "none is there twice: no more rows than questions were sent" \
	"$([ "$rows" -le $((answered + 3 * 400)) ] && echo yes)" yes
is "the database is whole" "$(sqlite3 "$dir/state/journal.db" 'pragma integrity_check')" ok
finish
