#!/usr/bin/env bash
# What is forgotten is gone from the files, with the daemon and without one;
# what is never to be written down is not; and it all adds up.
. "${SRCDIR:-.}/tests/system/lib.sh"
need python3
begin
start_upstream
configure 'journal = { commit_seconds = 1; };'
start_homebound

# How often the files of the journal have the word, in any case.
traces()
{
	cat "$dir/state/journal.db" "$dir/state/journal.db-wal" 2>/dev/null |
		grep -aoi "$1" | wc -l
}

from() { kdig +short +timeout=3 "@127.0.0.1" -p "$port" -b "$1" "$2" A > /dev/null; }

from 127.0.0.5 www.house.test
from 127.0.0.5 secret-clinic.wild.house.test
from 127.0.0.5 a.secret-clinic.wild.house.test
from 127.0.0.6 tracker.house.test
from 127.0.0.6 mail.house.test
hb log > "$dir/out"
has "it was asked for" "$(cat "$dir/out")" 'secret-clinic'
is "and stands in the files" "$([ "$(traces secret-clinic)" -gt 0 ] && echo yes)" yes

# With the daemon.
out=$(hb forget --name secret-clinic.wild.house.test < /dev/null 2>&1)
is "nobody can be asked" $? 2
has "so --yes is wanted" "$out" 'yes says that it is meant'
has "what there is, is told first" "$out" '^2 questions for secret-clinic.wild.house.test and what is below it'
out=$(hb forget --name secret-clinic.wild.house.test --yes 2>&1)
is "forgotten" $? 0
has "how much it was" "$out" '^forgotten: 2 questions'
is "no trace is left" "$(traces secret-clinic)" 0
out=$(hb log)
has_not "the log has it no more" "$out" 'secret'
has "the log has the rest" "$out" 'www.house.test'
has "the log has the rest of others" "$out" 'tracker.house.test'
from 127.0.0.5 www.house.test
has "the daemon goes on" "$(hb log | grep -c www.house.test)" '^2$'

out=$(hb forget --device 127.0.0.6 --yes)
is "a device" $? 0
has "with its questions" "$out" '^forgotten: 2 questions'
has_not "the log has it no more" "$(hb log)" '127\.0\.0\.6'
has_not "nor the devices" "$(hb device)" '127\.0\.0\.6'
hb forget --device nobody --yes > /dev/null 2> "$dir/out"
is "a device that nobody knows" $? 1
hb forget --device 127.0.0.0/8 --yes > /dev/null 2> "$dir/out"
is "a whole network" $? 2

# What makes no sense.
hb forget --yes > /dev/null 2>&1
is "nothing" $? 2
hb forget --name a.test --device 127.0.0.5 --yes > /dev/null 2>&1
is "two things" $? 2
hb forget --name . --yes > /dev/null 2>&1
is "everything" $? 2
hb forget --before 2099-01-01 --yes > /dev/null 2>&1
is "what is to come" $? 2

# Without one.
stop_homebound
out=$(hb forget --name www.house.test --yes)
is "without a daemon" $? 0
has "it is forgotten too" "$out" '^forgotten: 2 questions'
is "and no trace is left" "$(traces www.house.test)" 0
hb forget --before @$(($(date +%s) - 1)) --yes > /dev/null
is "all there was" $? 0

# Never written down.
configure 'journal = { commit_seconds = 1; privacy = "sunk";
	never_names = "upload.example"; never_clients = [ "127.0.0.7" ]; };'
start_homebound
from 127.0.0.5 tracker.house.test
from 127.0.0.5 www.house.test
from 127.0.0.5 a.upload.example
from 127.0.0.7 tracker.house.test
out=$(hb log)
is "only what was sunk is a row" "$(printf '%s\n' "$out" | grep -c house.test)" 1
is "nothing of the others is there" "$(traces 'upload\|www.house')" 0
is "but how many they were" "$(hb sql "SELECT number FROM progress WHERE what = 'withheld'" | grep -o '[0-9]*' | tail -n 1)" 3
stop_homebound

configure 'journal = { commit_seconds = 1; privacy = "counts"; };'
rm -f "$dir/state/journal.db"*
start_homebound
from 127.0.0.5 tracker.house.test
from 127.0.0.5 www.house.test
hb log > "$dir/out" 2>&1
is "a row without a name can be read" $? 0
is "no name is in the files" "$(traces 'tracker.house\|www.house')" 0
is "two questions are" "$(hb sql "SELECT count(*) FROM query" | grep -o '[0-9]*' | tail -n 1)" 2
stop_homebound
finish
