#!/usr/bin/env bash
# Somebody copies the state file by file while homebound writes to it.  What
# comes of it may be whole or not: it is read, or said to be damaged; nothing
# dies of it, and homebound serves from it.
. "${SRCDIR:-.}/tests/system/lib.sh"
. "$SRCDIR/tests/system/disklib.sh"
need dnsperf python3
begin
start_upstream
household 'journal = { slots = 65536; commit_seconds = 1; };'
copies=${DISK_COPIES:-8}
RANDOM=$seed
echo "# DISK_SEED=$seed DISK_COPIES=$copies"

piece_by_piece()
{
	local half=$(($(stat -c %s "$1") / 8192 * 4096))
	head -c $half "$1"
	sleep 0.1
	tail -c +$((half + 1)) "$1"
}

# A copy that takes a while, in one order or the other.
copy()
{
	local to=$dir/copy.$1 file
	cp -R "$dir/state" "$to"
	for file in $(ls "$dir/state" | grep '^journal' | if [ $(($1 % 2)) = 0 ]; then cat; else tac; fi); do
		sleep "$(printf '0.%03d' $((RANDOM % 200)))"
		piece_by_piece "$dir/state/$file" > "$to/$file"
	done
	[ $(($1 % 3)) != 0 ] || rm -f "$to"/*-shm
	[ $(($1 % 4)) != 0 ] || rm -f "$to"/*-wal
}

start_homebound
seconds=$((copies * 7 / 10))
begin_asking c $seconds 1000
begin_flood 6000 $seconds
for number in $(seq "$copies"); do
	copy "$number"
done
end_flood
end_asking
is "it was not disturbed" "$(short upload.example A)" 192.0.2.250
accounted "while copies were made" $((flooded + 1))
stop_homebound
is "and it ends well" $? 0

read=0 spoiled=0 troubles=0
trouble()
{
	troubles=$((troubles + 1))
	echo "# copy $number: $1"
}

look_at_copy()
{
	reckon "${asked_files[@]}"
	if [ "$log_code" = 0 ]; then
		read=$((read + 1))
	elif [ "$log_code" = 1 ] && [ -s "$dir/log.err" ]; then
		spoiled=$((spoiled + 1))
		echo "# copy $number: $(head -n 1 "$dir/log.err")"
	else
		trouble "log ends with $log_code"
	fi
}

for number in $(seq "$copies"); do
	rm -rf "$dir/state"
	mv "$dir/copy.$number" "$dir/state"
	look_at_copy
	[ $((number % 3)) != 1 ] || {
		start_homebound
		[ "$(short upload.example A)" = 192.0.2.250 ] || trouble "it does not answer as it should"
		hb log -n 1 --csv | grep -q ',upload.example,' || trouble "the row of a new question is not there"
		stop_homebound || trouble "it ends with $?"
	}
done
echo "# of $copies copies $read can be read, $spoiled are said to be damaged or empty"
is "copies are read or said to be damaged, and served from" $troubles 0
finish
