#!/usr/bin/env bash
# The household's own rules: at work with the next question, without a compile,
# with a daemon and without.
. "${SRCDIR:-.}/tests/system/lib.sh"
begin
start_upstream
configure
start_homebound
serial() { hb status --json | sed -n 's/.*"image": *\([0-9]*\).*/\1/p' | head -n 1; }
from() { kdig +short +noidn +retry=0 +timeout=3 -b "$1" @127.0.0.1 -p "$port" "$2" A; }
until_short() { await sh -c "kdig +short @127.0.0.1 -p $port $1 A | grep -q $2"; }
before=$(serial)
has "there is an image" "$before" '^[0-9]+$'

out=$(hb block www.house.test --note "for a test")
has "block says what it did" "$out" '^blocked: www.house.test and all below it$'
has_not "and that it is in force" "$out" 'does not run'
is "the next question is sunk" "$(short www.house.test A)" 192.0.2.250
has "by the household" "$(ask +edns www.house.test A)" 'EDE: 15 .Blocked.*household'
is "and what is below" "$(short a.www.house.test AAAA)" 2001:db8::250
has "the rules are shown with their note" "$(hb rules)" 'block www.house.test +# for a test'
has "why knows who said so" "$(hb why www.house.test)" "household's own rules, line"
has "undo says what it takes back" "$(hb undo)" '^undone: .*www.house.test'
is "the name is free" "$(short www.house.test A)" 192.0.2.10

hb block =www.house.test > /dev/null
is "=NAME is the name alone" "$(short www.house.test A)" 192.0.2.250
is "and not what is below" "$(short x.wild.house.test A)" 192.0.2.77
has "removing says how many" "$(hb rules --remove www.house.test 2>&1; hb rules --remove =www.house.test 2>&1)" \
	'removed: 1 rule'
is "and the name is free" "$(short www.house.test A)" 192.0.2.10

hb allow tracker.house.test --for 1h --client 127.0.0.0/8 --note mine > /dev/null
is "allow is before all lists" "$(short tracker.house.test A)" 192.0.2.66
is "for an alias that leads there too" "$(short alias.house.test A | tail -n 1)" 192.0.2.66
hb undo > /dev/null
is "until it is undone" "$(short tracker.house.test A)" 192.0.2.250

hb block www.house.test --client 127.0.0.2 > /dev/null
is "a rule for one client is for that client" "$(from 127.0.0.2 www.house.test)" 192.0.2.250
is "and for no other" "$(from 127.0.0.1 www.house.test)" 192.0.2.10
hb rules --remove www.house.test --client 127.0.0.2 > /dev/null
is "and removed with it" "$(from 127.0.0.2 www.house.test)" 192.0.2.10

out=$(hb block www.house.test --for 2s)
has "a rule for some time says when it ends" "$out" ', until 20[0-9-]+ [0-9:]+$'
is "it is in force" "$(short www.house.test A)" 192.0.2.250
until_short www.house.test 192.0.2.10
is "and ends by itself" "$(short www.house.test A)" 192.0.2.10
has "it is shown as expired" "$(hb rules)" 'www.house.test.*expired'

hb pause --client 127.0.0.2 > /dev/null
is "a pause for one client" "$(from 127.0.0.2 tracker.house.test)" 192.0.2.66
is "is for no other" "$(from 127.0.0.1 tracker.house.test)" 192.0.2.250
hb pause --end --client 127.0.0.2 > /dev/null
is "and ends when that is said" "$(from 127.0.0.2 tracker.house.test)" 192.0.2.250
has "a pause says how long" "$(hb pause --note "the shop")" '^paused: nothing is sunk, until 20'
is "nothing is sunk in a pause" "$(short tracker.house.test A)" 192.0.2.66
has "why says so" "$(hb why tracker.house.test)" 'nothing is sunk in a pause'
has "its end is said" "$(hb pause --end)" 'in force again'
is "and felt" "$(short tracker.house.test A)" 192.0.2.250
hb pause 2s > /dev/null
is "a short pause" "$(short tracker.house.test A)" 192.0.2.66
until_short tracker.house.test 192.0.2.250
is "ends by itself" "$(short tracker.house.test A)" 192.0.2.250
log=$(hb log)
has "the journal knows pauses" "$log" 'tracker.house.test +paused'
has "and the household's own rules" "$log" 'www.house.test +sunk .*household'
is "no image was made for any of it" "$(serial)" "$before"

printf '%s\n' '# mine' 'block hand.wild.house.test' 'blok nothing' >> "$dir/state/own.rules"
hb reload > /dev/null
is "a line written by hand is in force after a reload" "$(short hand.wild.house.test A)" 192.0.2.250
has "a line that makes no sense is named" "$(cat "$dir/homebound.log")" 'own.rules:[0-9]+: '
hb block other.wild.house.test > /dev/null
has "and left alone" "$(cat "$dir/state/own.rules")" '^blok nothing$'
hb block 'a..b' > "$dir/out" 2>&1
is "what is no name is an error" $? 1
has "and named" "$(cat "$dir/out")" 'a..b is not a domain name'
hb block www.house.test --for soon > "$dir/out" 2>&1
is "what is no time is one of usage" $? 2
hb rules --remove nowhere.example > "$dir/out" 2>&1
is "removing what is not there fails" $? 1

stop_homebound
start_homebound
is "a restart has the rules" "$(short hand.wild.house.test A)" 192.0.2.250
stop_homebound

out=$(hb block away.wild.house.test)
has "without a daemon the file is changed" "$out" 'does not run: in force when it starts'
hb allow hand.wild.house.test > /dev/null
hb undo > /dev/null
hb pause 1h > /dev/null
hb pause --end > /dev/null
has "and shown" "$(hb rules)" 'away.wild.house.test'
start_homebound
is "it is in force when it starts" "$(short away.wild.house.test A)" 192.0.2.250
is "with what was undone" "$(short hand.wild.house.test A)" 192.0.2.250
finish
