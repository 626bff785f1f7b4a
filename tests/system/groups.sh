#!/usr/bin/env bash
# Clients in groups, lists at times of the week, and lists that come and go.
. "${SRCDIR:-.}/tests/system/lib.sh"
begin
start_upstream
from() { kdig +short +noidn +retry=0 +timeout=3 -b "$1" @127.0.0.1 -p "$port" "$2" A; }
status_from() { kdig +noidn +retry=0 +timeout=3 -b "$1" @127.0.0.1 -p "$port" "$2" A; }
for name in ads social games night; do
	echo "$name.wild.house.test" > "$dir/$name.txt"
done
# A day of the week that is not today, nor tomorrow, nor was yesterday.
other=$(LC_ALL=C TZ=UTC date -d '+3 days' +%a | tr A-Z a-z)
today=$(LC_ALL=C TZ=UTC date +%a | tr A-Z a-z)
tomorrow=$(LC_ALL=C TZ=UTC date -d tomorrow +%a | tr A-Z a-z)
configure 'timezone = "UTC";'
list() { printf '{ name = "%s"; source = "%s/%s.txt"; %s }' "$1" "$dir" "$1" "${2:-}"; }
cat > "$dir/lists" <<END
lists = ( $(list ads), $(list social 'action = "nxdomain";'), $(list games),
  $(list night "times = \"$other 08:00-12:00\";") );
groups = ( { name = "children"; clients = [ "127.0.0.2" ];
             lists = ( { name = "ads"; }, { name = "social"; action = "refuse"; },
                       { name = "games"; times = "$other"; },
                       { name = "night"; times = [ "$today", "$tomorrow" ]; } ); },
           { name = "free"; clients = [ "127.0.0.3" ]; lists = ( ); },
           { name = "all"; clients = [ "127.0.0.4/31" ]; } );
END
sed -i -e "/^lists/{r $dir/lists
d}" "$dir/homebound.conf"
hb check > "$dir/out" 2>&1
is "the configuration is good" $? 0
start_homebound

is "a list for all" "$(from 127.0.0.1 ads.wild.house.test)" 192.0.2.250
is "also in a group that has it" "$(from 127.0.0.2 ads.wild.house.test)" 192.0.2.250
has "its action outside of groups" "$(status_from 127.0.0.1 social.wild.house.test)" NXDOMAIN
has "the action of a group" "$(status_from 127.0.0.2 social.wild.house.test)" REFUSED
is "a list that a group has at other times" "$(from 127.0.0.2 games.wild.house.test)" 192.0.2.77
is "and others always" "$(from 127.0.0.1 games.wild.house.test)" 192.0.2.250
is "a list that is off at this time" "$(from 127.0.0.1 night.wild.house.test)" 192.0.2.77
is "and on for a group whose times those are" "$(from 127.0.0.2 night.wild.house.test)" 192.0.2.250
is "a group without lists" "$(from 127.0.0.3 ads.wild.house.test)" 192.0.2.77
is "a group that says nothing of lists" "$(from 127.0.0.5 ads.wild.house.test)" 192.0.2.250

out=$(hb why night.wild.house.test --client 127.0.0.1)
has "why tells the group" "$out" '127.0.0.1 is in the group "default"'
has "the times" "$out" "its list is in use: $other 08:00-12:00"
has "that it is off" "$out" 'its list is off for this group at this time'
has "the line" "$out" '> night.wild.house.test'
has "and what becomes of it" "$out" 'It passes'
out=$(hb why social.wild.house.test --client 127.0.0.2)
has "for the other client its group" "$out" 'is in the group "children"'
has "and who decides" "$out" '\* refuse: social, line 1 of version 1'
day=$(TZ=UTC date -d '+3 days' +%F)
has "at another time" "$(hb why night.wild.house.test --at "$day 09:00")" '\* sink: night'
has "and after it" "$(hb why night.wild.house.test --at "$day 12:00")" 'It passes'
has "for one type" "$(hb why ads.wild.house.test --type AAAA)" 'AAAA: 2001:db8::250'

echo extra.wild.house.test > "$dir/extra.txt"
out=$(hb lists add extra "$dir/extra.txt" --action null --format domains)
is "lists add" $? 0
is "is in force when it returns" "$(from 127.0.0.1 extra.wild.house.test)" 0.0.0.0
has "it is in the table" "$(hb lists)" '^extra +null +1 +1 +1 +20.*good'
hb lists disable extra > /dev/null
is "lists disable" "$(from 127.0.0.1 extra.wild.house.test)" 192.0.2.77
has "is shown" "$(hb lists)" '^extra .*disabled'
hb lists enable extra > /dev/null
is "lists enable" "$(from 127.0.0.1 extra.wild.house.test)" 0.0.0.0
hb lists disable ads > /dev/null
is "a list of the configuration is disabled as well" "$(from 127.0.0.1 ads.wild.house.test)" 192.0.2.77
stop_homebound
start_homebound
is "a restart knows what was added" "$(from 127.0.0.1 extra.wild.house.test)" 0.0.0.0
is "and what was disabled" "$(from 127.0.0.1 ads.wild.house.test)" 192.0.2.77
hb lists enable ads > /dev/null
hb lists remove extra > /dev/null
is "lists remove" "$(from 127.0.0.1 extra.wild.house.test)" 192.0.2.77
has_not "takes it out of the table" "$(hb lists)" '^extra'
hb lists remove ads > "$dir/out" 2>&1
is "what the configuration has is not removed" $? 1
has "and it is said where it stands" "$(cat "$dir/out")" 'homebound.conf, line [0-9]+'
hb lists add ads "$dir/extra.txt" > "$dir/out" 2>&1
is "a name is not given twice" $? 1
hb lists frobnicate > "$dir/out" 2>&1
is "a word that there is not is an error of usage" $? 2
has "hits of a week are counted" "$(hb lists)" '^ads +sink +1 +1 +[1-9]'

hb lists add kept "$dir/extra.txt" > /dev/null
sed -i 's/name = "free";/name = "free"; /; s/lists = ( ); }/lists = ( { name = "kept"; } ); }/' "$dir/homebound.conf"
hb reload > /dev/null
is "a group can have what was added" "$(from 127.0.0.3 extra.wild.house.test)" 192.0.2.250
hb lists remove kept > "$dir/out" 2>&1
is "and then it is not removed" $? 1
has "but the group is named" "$(cat "$dir/out")" 'the group "free"'

stop_homebound
hb lists disable games > "$dir/out" 2>&1
is "without a daemon lists are switched too" $? 0
has "and compiled" "$(cat "$dir/out")" '^image [0-9]+: '
echo 'lists = ( { name = ' > "$dir/state/lists.conf"
hb check > "$dir/out" 2>&1
is "a broken lists.conf is an error" $? 1
has "with its name" "$(cat "$dir/out")" 'state/lists.conf:[0-9]+: '
finish
