#!/usr/bin/env bash
# A list tried on the questions in the journal.
. "${SRCDIR:-.}/tests/system/lib.sh"
begin
start_upstream
configure
start_homebound
from() { kdig +short +noidn +retry=0 +timeout=3 -b "$1" @127.0.0.1 -p "$port" "$2" A > /dev/null; }
for i in 1 2 3; do from 127.0.0.2 often.wild.house.test; done
from 127.0.0.2 once.wild.house.test
from 127.0.0.3 often.wild.house.test
from 127.0.0.1 upload.example
from 127.0.0.1 www.house.test
hb log -n 1 > /dev/null
printf '%s\n' often.wild.house.test once.wild.house.test '??' > "$dir/new.txt"

out=$(hb replay --lists "$dir/new.txt")
is "replay" $? 0
has "says how the file was read" "$out" 'new.txt, read as "domains": 2 rules, 1 lines rejected'
has "what is newly sunk" "$out" '^Newly sunk:'
has "with its count, list and line" "$out" '^ +3 +often.wild.house.test +\(candidate, line 1\)'
has "by device" "$(echo "$out" | grep -A1 '127.0.0.3')" ' 1 +often.wild.house.test'
has "in sum" "$out" '^Of 7 questions, 5 would be newly sunk and 0 no longer.'
has_not "and nothing else" "$out" 'www.house.test'
is "nothing is switched by it" "$(short often.wild.house.test A)" 192.0.2.77

echo tracker.house.test > "$dir/less.txt"
out=$(hb replay --lists "phone-home=$dir/less.txt" --since 1h)
has "in the place of a list: what is no longer sunk" "$out" '^No longer sunk:'
has "by the list that did" "$out" ' 1 +upload.example +\(phone-home, line 3\)'
has "in sum" "$out" '0 would be newly sunk and 1 no longer'
out=$(hb replay --lists "$dir/new.txt" --action observe)
has "with another action" "$out" '0 would be newly sunk and 0 no longer'
out=$(hb replay --lists "$dir/new.txt" --since 2099-01-01)
has "of another time" "$out" '^Of 0 questions'
hb block often.wild.house.test > /dev/null
out=$(hb replay --lists "$dir/new.txt")
has "what is sunk already is not new" "$out" ' 1 would be newly sunk'

hb replay > "$dir/out" 2>&1
is "without a list it is an error of usage" $? 2
hb replay --lists "$dir/nowhere.txt" > "$dir/out" 2>&1
is "a file that is not there is an error" $? 1
echo '<html>' > "$dir/page.txt"
hb replay --lists "$dir/page.txt" > "$dir/out" 2>&1
is "and so is one that is no list" $? 1
hb replay --lists "$dir/new.txt" --action frob > "$dir/out" 2>&1
is "and an action that there is not" $? 2
stop_homebound
echo 'frob this' >> "$dir/state/own.rules"
out=$(hb replay --lists "$dir/new.txt" 2>&1)
is "a line of own.rules that is none is passed over" $? 0
has "and named" "$out" 'own.rules:[0-9]+: '
has "it works without a daemon" "$(hb replay --lists "$dir/new.txt")" '^Of [0-9]+ questions'
finish
