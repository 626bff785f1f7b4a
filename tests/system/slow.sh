#!/usr/bin/env bash
# A disk that takes five seconds for every write: no answer waits for it, and
# what there is no room for in the meantime is counted in gaps, to the last.
. "${SRCDIR:-.}/tests/system/lib.sh"
. "$SRCDIR/tests/system/disklib.sh"
begin
need_unsynced
start_upstream
household 'journal = { slots = 1024; commit_seconds = 1; };'
limit=${DISK_LIMIT:-500}
turn_switch ""
start_on_disk
begin_asking before 1 400
end_asking
accounted "a disk as it should be" 0
begin_asking slow 7 400
turn_switch "slow 5000"
sleep 1
hb reload > "$dir/reload.log" 2>&1 &
reload=$!
sleep 4
is "meanwhile status answers" "$(hb status --json | grep -c '"compiling"')" 1
waiting=$(hb status --json | tr -d '\n' | grep -o '"journal": {[^}]*}')
has "and says that queries wait" "$waiting" '"waiting": [1-9]'
end_asking
turn_switch ""
wait $reload
is "lists can be read anew" $? 0
begin_asking after 1 400
end_asking
accounted "a slow disk" 0
is "no answer took longer than $limit ms" "$([ "$slowest" -lt "$limit" ] && echo yes)" yes
is "and none was missing" "$answered" "$asked"
is "something was lost" "$([ "$gaps" -gt 0 ] && echo yes)" yes
stop_homebound
is "it ends well" $? 0
accounted "after the end" 0
finish
