#!/usr/bin/env bash
# The database is damaged, at random, while homebound is away and while it
# runs: DNS goes on, what was asked then is accounted for, and what is lost of
# what was there is named: by a gap, by a file that was set aside, or by words.
. "${SRCDIR:-.}/tests/system/lib.sh"
. "$SRCDIR/tests/system/disklib.sh"
need dnsperf python3
begin
start_upstream
household 'journal = { slots = 65536; commit_seconds = 1; };'
rounds=${DISK_ROUNDS:-5}
echo "# DISK_SEED=$seed DISK_ROUNDS=$rounds"
RANDOM=$seed
troubles=0

trouble()
{
	troubles=$((troubles + 1))
	echo "# $what: $1"
	cp -R "$dir/state" "$dir/trouble.$troubles"
	[ -z "${DISK_KEEP-}" ] || cp -R "$dir/state" "$DISK_KEEP/$seed.$troubles"
}

# A journal with rows enough for all that becomes of rows: as a kill leaves it,
# with the rings, and as a run that ends.
make_journal()
{
	start_homebound
	begin_asking old 2.5 1500
	begin_flood 7000 2.5
	end_flood
	end_asking
	hb log -n 0
	kill -KILL "$homebound_pid"
	wait "$homebound_pid" 2> /dev/null
	cp -R "$dir/state" "$dir/killed"
	cp "$dir"/ring.* "$dir/killed"
	start_homebound
	stop_homebound
	cp -R "$dir/state" "$dir/ended"
	reckon "$answers"
	cp "$dir/rows.csv" "$dir/rows.before"
	old_rows=$all
	is "there is a journal to be damaged" "$((all >= answered + flooded)) $twice" "1 0"
	echo "# $all rows, $(du -k "$dir/ended/journal.db" | cut -f 1) KB"
}

take_journal()
{
	rm -rf "$dir/state" "$dir"/ring.* "$dir/lock"
	cp -R "$dir/$1" "$dir/state"
	[ "$1" = ended ] || mv "$dir/state"/ring.* "$dir"
}

# A header that says it is of somebody else, or of later, is left alone.
is_named()
{
	grep -qiE 'damaged|malformed|not a (database|journal)|newer version' "$dir/log.err" ||
		ls "$dir/state" | grep -q damaged ||
		sed -n "$((lines + 1)),\$p" "$dir/homebound.log" | grep -q damaged
}

# SQLite cannot tell a byte of a plain row that is another one now: a page of
# rows may be something else without anybody knowing.
unknown_rows=200
new_unknown=0	# of those that were asked for when the damage was done already

# What was answered since the damage is in $answers.
look()
{
	reckon --before "$dir/rows.before" "$answers"
	echo "# $what: $((old_rows - gone)) of $old_rows rows are there; $(ls "$dir/state" | grep -c 'db\.damaged-[0-9-]*$') set aside, $counted in $damaged gaps of damage; $missing of $answered new ones missing"
	[ "$log_code" -lt 2 ] || trouble "log ends with $log_code"
	[ $((gone - counted)) -le $unknown_rows ] || [ $unknown -gt 0 ] || is_named ||
		trouble "$gone rows are gone, and nobody says so"
	unread=$((${unread-0} + (log_code != 0)))
	if [ "$log_code" = 0 ]; then
		[ "$twice" = 0 ] || trouble "$twice rows are there twice"
		[ $((missing - counted)) -le $new_unknown ] ||
			[ "$unknown" -gt 0 ] ||
			trouble "$missing new rows are not there"
	else
		is_named || trouble "log fails: $(cat "$dir/log.err")"
	fi
}

serve_from_it()
{
	lines=$(wc -l < "$dir/homebound.log")
	start_homebound
	begin_asking "new$number" 0.5 200
	end_asking
	[ "$(short upload.example A)" = 192.0.2.250 ] || trouble "it does not answer as it should"
	stop_homebound || trouble "it ends with $?"
	[ "$(sed -n 's/^asked //p' "$answers")" = "$(grep -c "^new$number-" "$answers")" ] || trouble "questions were not answered"
}

make_journal
for number in $(seq "$rounds"); do
	from=ended
	[ $((number % 3)) != 0 ] || from=killed
	take_journal $from
	lots=$RANDOM
	what="damage $number to what $from, lots $lots: $(python3 "$tools/damage.py" "$dir/state" "$lots" ${DISK_DAMAGE-})"
	serve_from_it
	look
done
echo "# of $rounds journals $unread cannot be read at all"
is "a damaged database is served from, and what is lost is named" $troubles 0

# While it runs, under load, and more than once.
troubles=0 number=run
take_journal ended
lines=$(wc -l < "$dir/homebound.log")
start_homebound
begin_asking "new$number" 4 500
what="damage while it runs:"
new_unknown=$unknown_rows
for time in 1 2 3 4; do
	lots=$RANDOM
	sleep 0.7
	what="$what lots $lots: $(python3 "$tools/damage.py" "$dir/state" "$lots" ${DISK_DAMAGE-});"
done
end_asking
is "DNS goes on" "$(short upload.example A)" 192.0.2.250
is "and every question was answered" "$(sed -n 's/^asked //p' "$answers")" \
	"$(grep -c "^new$number-" "$answers")"
stop_homebound
is "it ends well" $? 0
look
what="$what and another start:"
start_homebound
stop_homebound
is "the next start ends well, too" $? 0
look
is "what is lost is named" $troubles 0
finish
