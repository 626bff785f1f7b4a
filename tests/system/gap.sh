#!/usr/bin/env bash
# A ring that is too small for the flood: no answer waits for the journal, and
# what it has not is counted in gaps, to the last query.
. "${SRCDIR:-.}/tests/system/lib.sh"
need dnsperf sqlite3
begin
start_upstream
configure 'journal = { slots = 256; };'
start_homebound
awk 'BEGIN { for (i = 0; i < 1000; i++) print "upload.example A" }' > "$dir/q"
dnsperf -s 127.0.0.1 -p "$port" -d "$dir/q" -l 3 -c 8 -q 400 > "$dir/perf.log" 2>&1
answered=$(sed -n 's/.*Queries completed: *\([0-9]*\).*/\1/p' "$dir/perf.log")
counted() { sqlite3 -readonly "$dir/state/journal.db" \
	'select (select count(*) from tail) + (select coalesce(sum(rows), 0) from block) + (select coalesce(sum(count), 0) from gap)'; }
# Nobody asks any more: the gap is closed all the same.
settled() { hb log -n 1 > /dev/null; [ "$(counted)" -ge "$answered" ]; }
await settled
gaps=$(sqlite3 "$dir/state/journal.db" 'select count(*) from gap')
echo "# $answered answered, $gaps gaps"
is "there were gaps" "$([ "$gaps" -gt 0 ] && echo yes)" yes
is "rows and gaps are all that was answered" "$(counted)" "$answered"
has "the log says what is missing" "$(hb log --since 10m | grep -e '--' | head -n 3)" \
	'[0-9,]+ quer(y|ies) .*not in the journal'
has "as JSON too" "$(hb log --since 10m --json | grep -v '"name"' | head -n 1)" 'gap'
has "status counts them" "$(hb status)" '[1-9][0-9]* lost in gaps'
finish
