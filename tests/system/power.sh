#!/usr/bin/env bash
# The power is cut under load, at any moment: what was answered more than a
# commit ago is in the journal, and the next start finds it whole.
. "${SRCDIR:-.}/tests/system/lib.sh"
. "$SRCDIR/tests/system/disklib.sh"
need dnsperf sqlite3
begin
need_unsynced
start_upstream
household 'journal = { slots = 65536; commit_seconds = 1; };'
rounds=${DISK_ROUNDS:-5} cuts=${DISK_CUTS:-12}
# A commit is due after a second; the rest is for the commit, and for a
# machine that has other things to do.
bound=2000
RANDOM=$seed
echo "# DISK_SEED=$seed DISK_ROUNDS=$rounds DISK_CUTS=$cuts"

# Every other round with a flood, so that the journal's log is taken back into
# the database and rows go where many rows go.
load_until_the_cut()
{
	begin_asking "p$round" 60 2000
	[ $((round % 2)) = 1 ] || begin_flood 5000 60
	sleep "$(printf '2.%03d' $((200 + RANDOM % 800)))"
	kill -KILL "$homebound_pid"
	cut=${EPOCHREALTIME/./}
	wait "$homebound_pid" 2> /dev/null
	end_asking
	[ $((round % 2)) = 1 ] || { kill -INT "$flood"; end_flood; }
}

# What is in memory is gone, and of the disk what was not synced.
lose()
{
	lots=$RANDOM
	rm -rf "$dir"/ring.* "$dir/lock" "$dir/control" "$dir/state"
	python3 "$tools/power.py" "$dir/base.$1" "$dir/told.$1" "$dir/state" "$lots" ${2-} > "$dir/cut"
}

records=()
mkdir "$dir/state"
printf 'kind,number,time,client,name\n' > "$dir/rows.0"
for round in $(seq "$rounds"); do
	cp -a "$dir/state" "$dir/base.$round"
	start_on_disk
	is "round $round: it knows its lists" "$(short upload.example A)" 192.0.2.250
	load_until_the_cut
	mv "$dir/told" "$dir/told.$round"
	lose "$round"
	read -r _ records[round] < "$dir/cut"
	reckon --cut "$cut" --before "$dir/rows.$((round - 1))" "$dir/answers.p$round"
	cp "$dir/rows.csv" "$dir/rows.$round"
	echo "# round $round, lots $lots: $answered answered, $all rows, $missing lost, the first of them $old ms before the cut"
	is "round $round: the log can be read" $log_code 0
	is "round $round: what is lost was answered in the last $bound ms" \
		"$([ "$old" -lt $bound ] && [ "$answered" -gt 0 ] && echo yes)" yes
	is "round $round: no row is there twice, numbers rise, none of earlier rounds is gone" \
		"$twice $rising $vanished" "0 yes 0"
	is "round $round: the database is whole" "$(whole "$dir/state/journal.db")" ok
done

# The first two rounds, cut at other moments: every record of what was told is
# one.  Many of them in the first one's beginning, where files are made.
cut_again()
{
	local at
	round=$((1 + RANDOM % (rounds < 2 ? 1 : 2)))
	at=$((1 + (RANDOM * 32768 + RANDOM) % records[round]))
	[ $((RANDOM % 4)) != 0 ] || { round=1; at=$((1 + RANDOM % 120)); }
	lose "$round" "$at"
	read -r cut _ < "$dir/cut"
	what="cut $1 (round $round, record $at of ${records[round]}, lots $lots)"
}

# Before there is anything in it, it may say so.
reads_well()
{
	[ "$log_code" = 0 ] && return
	[ "$log_code" = 1 ] && [ "$round" = 1 ] && [ "$answered" = 0 ] &&
		grep -q -e 'nothing in it yet' -e 'no journal yet' "$dir/log.err"
}

troubles=0 served=0 worst=0
trouble()
{
	troubles=$((troubles + 1))
	echo "# $what: $1"
}

look_at_it()
{
	reckon --cut "$cut" --before "$dir/rows.$((round - 1))" "$dir/answers.p$round"
	reads_well || trouble "log ends with $log_code: $(cat "$dir/log.err")"
	[ "$log_code" = 0 ] || return
	[ "$twice $rising $vanished" = "0 yes 0" ] || trouble "$twice twice, rising: $rising, $vanished gone"
	[ "$old" -lt $bound ] || trouble "a row is lost from $old ms before"
	[ "$old" -lt "$worst" ] || worst=$old
	[ "$(whole "$dir/state/journal.db")" = ok ] || trouble "$(whole "$dir/state/journal.db")"
}

start_from_it()
{
	start_homebound
	[ "$(short upload.example A)" = 192.0.2.250 ] || trouble "it does not answer as it should"
	stop_homebound || trouble "it ends with $?"
	[ -z "$(find "$dir/state" -name '*damaged*')" ] || trouble "something was set aside"
	[ "$(hb log --csv --name upload.example -n 1 | grep -c ,upload.example,)" = 1 ] || trouble "no row of what was asked then"
	served=$((served + 1))
}

for number in $(seq "$cuts"); do
	cut_again "$number"
	look_at_it
	[ $((number % 4)) != 0 ] || start_from_it
done
echo "# $cuts more cuts, $served starts; the first of what was lost: $worst ms before"
is "at no other moment would more be lost, or anything damaged" $troubles 0
finish
