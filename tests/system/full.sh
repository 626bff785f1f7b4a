#!/usr/bin/env bash
# A disk that is full, cannot be written to, or fails, and then works again:
# DNS goes on, queries wait in the rings, then the gaps count, and afterwards
# all is accounted for.
. "${SRCDIR:-.}/tests/system/lib.sh"
. "$SRCDIR/tests/system/disklib.sh"
begin
need_unsynced
start_upstream
household 'journal = { slots = 256; commit_seconds = 1; };'
limit=${DISK_LIMIT:-500}

# `log` makes it try at once, whether it may or not.
try()
{
	hb log -n 0 > /dev/null 2>&1
}

complains()
{
	hb status --json | tr -d '\n' | grep -q '"journal": {[^}]*"error": -'
}

# Begins when the disk says no already; more than the rings have room for.
go_through()
{
	begin_asking "$1" 2 500
	await complains
	is "$2: status says so" $? 0
	end_asking
	is "$2: DNS goes on" "$(sed -n 's/^asked //p' "$answers")" \
		"$(grep -c "^$1-" "$answers")"
	is "$2: no answer took longer than $limit ms" \
		"$([ "$(sed -n 's/^slowest //p' "$answers")" -lt "$limit" ] && echo yes)" yes
}

works_again()
{
	begin_asking "$1after" 0.5 200
	end_asking
	try
	accounted "$2, and again well" 0
	is "$2: what had no room was counted" "$([ "$gaps" -gt "$lost" ] && echo yes)" yes
	lost=$gaps
}

lost=0
turn_switch ""
start_on_disk
begin_asking first 1 200
end_asking
accounted "a disk as it should be" 0
for trouble in ENOSPC EROFS EIO; do
	turn_switch $trouble
	go_through $trouble "$trouble"
	turn_switch ""
	works_again $trouble "$trouble"
done
has "the log tells when it began" "$(cat "$dir/homebound.log")" 'cannot store: .*queries wait in memory'
has "and when it was over" "$(cat "$dir/homebound.log")" 'stores again'

# The end while it is full: what is in the rings waits for the next start,
# which finds the disk as it was.
turn_switch EROFS
begin_asking end 1 200
end_asking
stop_homebound
is "it ends well on a disk it cannot write to" $? 0
start_on_disk
is "and starts on it" "$(short upload.example A)" 192.0.2.250
turn_switch ""
try
accounted "a start on a disk that cannot be written to" 1
stop_homebound
is "it ends well" $? 0
has_not "in all of this nothing was taken for damaged" \
	"$(cat "$dir/homebound.log"; ls "$dir/state")" damaged

# The same with a real one, where a file system may be mounted.
small()
{
	mount -t tmpfs -o size=2m none "$dir/state"
}

if [ "$(id -u)" = 0 ] && rm -rf "$dir/state" && mkdir "$dir/state" && small 2> /dev/null; then
	trap 'umount -l "$dir/state"; leave' EXIT
	asked_files=() lost=0
	start_homebound
	dd if=/dev/zero of="$dir/state/filler" bs=64k > "$dir/dd" 2>&1
	go_through full "a small file system"
	rm "$dir/state/filler"
	works_again full "a small file system"
	stop_homebound
	is "and ends well" $? 0
else
	echo "ok - a small file system # SKIP none can be mounted here"
fi
finish
