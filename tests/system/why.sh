#!/usr/bin/env bash
# Who says what of a name: why, lists search, lists check, compile --dump.
. "${SRCDIR:-.}/tests/system/lib.sh"
begin
start_upstream
printf '%s\n' '! Title: blocking' '||wild.house.test^' '||one.wild.house.test^$important' \
	'@@||good.wild.house.test^' '/^x[0-9]+\.wild\.house\.test$/' > "$dir/list.txt"
printf '%s\n' '0.0.0.0 one.wild.house.test # tracker' '0.0.0.0 tracker.house.test' > "$dir/hosts.txt"
echo good.wild.house.test > "$dir/allow.txt"
configure
cat > "$dir/lists" <<END
lists = ( { name = "rules"; source = "$dir/list.txt"; },
          { name = "hosts"; source = "$dir/hosts.txt"; action = "nxdomain"; },
          { name = "allow"; source = "$dir/allow.txt"; action = "allow"; } );
END
sed -i -e "/^lists/{r $dir/lists
d}" "$dir/homebound.conf"
start_homebound

out=$(hb why one.wild.house.test)
has "why shows the rule that decides" "$out" '\* sink: rules, line 3 of version 1'
has "with its text" "$out" '> \|\|one.wild.house.test\^\$important'
has "and the others" "$out" 'nxdomain: hosts, line 1 of version 1'
has "as they were written" "$out" '> 0.0.0.0 one.wild.house.test'
has "and why they do not decide" "$out" 'not this one: an important rule comes first'
has "and the answer" "$out" 'A: 192.0.2.250, TTL 7'
is "which is what is answered" "$(short one.wild.house.test A)" 192.0.2.250
out=$(hb why x7.wild.house.test)
has "a pattern is shown too" "$out" '> /\^x\[0-9\]\+'
has "though a name comes first" "$out" 'a rule of the name itself comes first'
out=$(hb why good.wild.house.test)
has "an exception" "$out" 'It is allowed'
has "and of two the one for the very name" "$out" '\* allow: allow, line 1'

out=$(hb why alias.house.test)
has "of a name that nobody lists the upstreams are asked" "$out" 'A upstream \(127.0.0.1'
has "what they say is shown" "$out" 'alias.house.test.? CNAME tracker.house.test'
has "and what in it is listed" "$out" 'In it: tracker.house.test, sunk by hosts, line 2'
has "as the daemon would" "$(ask alias.house.test A)" NXDOMAIN
has "an answer with nothing in it" "$(hb why www.house.test)" 'Nothing in it is listed'
hb why 'a..b' > "$dir/out" 2>&1
is "what is no name is an error" $? 1

out=$(hb lists search one.wild.house.test)
is "lists search finds" $? 0
has "every list" "$out" '^rules: line 2 of version 1: \|\|wild.house.test\^'
has "and line" "$out" '^rules: line 3 of version 1: '
has "that holds the name" "$out" '^hosts: line 1 of version 1: 0.0.0.0 one'
hb lists search www.house.test > "$dir/out"
is "and fails when none does" $? 1

out=$("$HOMEBOUND" lists check "$dir/list.txt")
is "lists check takes a good file" $? 0
has "names its format" "$out" 'looks like adblock, 5 lines, 4 rules'
has "counts its rules" "$out" '2 +block +subtree'
printf '%s\n' a.example 'http://b.example/' 'x y z !' > "$dir/odd.txt"
out=$("$HOMEBOUND" lists check "$dir/odd.txt" --format domains --subdomains yes)
has "lists check says what is no rule" "$out" '2: http://b.example/'
echo '<html>' > "$dir/page.txt"
"$HOMEBOUND" lists check "$dir/page.txt" > "$dir/out" 2>&1
is "and fails with what is none" $? 1
has "the dump has a rule a line" "$("$HOMEBOUND" compile --dump "$dir/hosts.txt" --format hosts --subdomains no)" \
	"^block.exact.one.wild.house.test"

hb compile > "$dir/out"
has "compile has nothing to do" "$(cat "$dir/out")" 'nothing has changed, image [0-9]+ stays'
hb compile --now rules > "$dir/out"
is "compile of one list" $? 0
hb compile --force --progress > "$dir/out"
has "compile --force makes an image" "$(cat "$dir/out")" '^image 2: '
hb compile nowhere > "$dir/out" 2>&1
is "a list that there is not is an error" $? 1
for command in lists block allow pause undo rules replay why compile; do
	has "help $command" "$("$HOMEBOUND" help $command)" "^Usage: homebound $command"
done
finish
