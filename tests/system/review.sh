#!/usr/bin/env bash
# Who tried to phone home: a household with a past (tests/bench/past) and real
# questions of today, reviewed in every form; decisions, lists that come to
# have a name, the last review, the digest.
. "${SRCDIR:-.}/tests/system/lib.sh"
need python3
past=${BUILDDIR:-build}/tests/bench/past
[ -x "$past" ] || { echo "1..0 # skipped: tests/bench/past is not built"; exit 77; }
export LC_ALL=C.UTF-8
begin
start_upstream
pc=127.0.0.23 tv=127.0.0.40 phone=127.0.0.41
printf '%s\n' '# Vendor: Meter Works' '# Sent: glucose readings,' '#   every five minutes' \
	'beat.meter.test' 'tracker.house.test' > "$dir/list.txt"
configure

# Five days: the PC has a beacon among what a person asks for; the TV asked for
# a name that no list had; and both know www.house.test.
cat > "$dir/past.py" <<'PY'
import random, sys, time
pc, tv = sys.argv[1:3]
random.seed(7)
now, rows = time.time(), []
for at in range(int(now) - 5 * 86400, int(now) - 900, 300):
    if at > now - 20 * 3600:
        rows.append((at + random.uniform(-3, 3), pc, "beat.meter.test", "sink", 7))
        rows.append((at + random.uniform(0, 300), pc, "www.meter.test", "pass", 60))
    rows.append((at + random.uniform(0, 300), random.choice((pc, tv)), "www.house.test", "pass", 300))
rows.append((now - 4 * 86400, pc, "beat.meter.test", "sink", 7))
for i in range(14):
    rows.append((now - 3 * 86400 + i * 60, tv, "stats.later.test", "pass", 60))
for row in sorted(rows):
    print("%.3f %s %s %s %d" % row)
PY
mkdir -p "$dir/state"
chmod 750 "$dir/state"
python3 "$dir/past.py" $pc $tv | "$past" "$dir/state/journal.db"
is "there is a past" $? 0
start_homebound

from() { local address=$1; shift; kdig +short +noidn +retry=0 +timeout=3 -b "$address" @127.0.0.1 -p "$port" "$@" A > /dev/null; }
from $pc www.house.test
for i in 1 2 3; do from $pc Upload.New.test; done
from $tv tracker.house.test
from $phone use-application-dns.net
from $phone dns.google
from $phone "<script>alert(1)<\/script>.evil.test"
hb device name $pc pc > /dev/null
hb device name $tv Fernsehgerät > /dev/null

# --- for people ---
out=$(hb review)
printf '%s\n' "$out" | sed 's/^/# /'
has "it begins with the time" "$out" '^20[0-9-]+ [0-9:]+ to 20[0-9-]+ [0-9:]+$'
has "and with what there was" "$out" '^3 devices asked [0-9]+ questions; [0-9]+ were sunk\.$'
has "nothing is missing" "$out" '^Nothing is missing from the journal in that time\.$'
has "a device has its name and its day" "$out" '^pc +[ ▁▂▃▄▅▆▇█]{24} [0-9]+ questions, [0-9]+ sunk$'
has "a sunk receiver, whose it is, and its rhythm" "$out" '^  ! meter.test \(Meter Works\): [0-9]+ questions, [0-9]+ sunk, every 5 min$'
has "a new one" "$out" '^  \* new.test: 3 questions, passed, new, '
has "a name in another language" "$out" '^Fernsehgerät +'
has_not "what is usual is not told" "$out" 'house.test: .*passed'
has "who may go round it" "$out" "^\? $phone \(dns.google\) asked for a public resolver"
has "who asks whether to" "$out" "^\? $phone asked whether to use a resolver of its own"
has_not "plain when piped" "$out" $'\033'
has "what it is not" "$out" '^These are questions: what was sent, and whether, DNS does not show\.$'

# What a person does who has only read the help.
help=$("$HOMEBOUND" help review)
line=$(printf '%s\n' "$help" | grep '^homebound review --device PC')
has "the help answers the question" "$help" 'Did my PC phone home last night, to whom, and is it regular'
answer=$(hb ${line#homebound } 2>&1 | head -1)
has "and its line works as it stands" "$answer" '^pc, 20[0-9-]+ 22:00 to 20'
out=$(hb review --device PC --since 12h)
printf '%s\n' "$out" | sed 's/^/# /'
has "did it phone home" "$out" '^It asked [0-9]+ questions; [0-9]+ were sunk\. It tried to reach [0-9]+ receivers: 1 sunk, 1 regular, 1 new\.$'
has "to whom" "$out" '^  ! meter.test \(Meter Works\): '
has "is it regular" "$out" ': asked every 5 min give or take [0-9]+ (ms|s).* by chance \(15\)|asked every 5 min give or take .* by chance'
has "which name is" "$out" '^      beat.meter.test: [0-9]+ questions, regular, sunk'
has "what is sent, by the list" "$out" '^    sent, as the list says: glucose readings, every five minutes$'

is "a device that is none" "$(hb review --device nobody 2>&1 | head -1)" \
	'homebound review: --device: "nobody" is no device of the journal: homebound device lists them'
hb review --since tomorrow > "$dir/out" 2>&1
is "a time that is none" $? 2
hb review --since 1h --until 2h > "$dir/out" 2>&1
is "since is before until" $? 2
hb review nonsense > "$dir/out" 2>&1
is "an operand that is none" $? 2

out=$(hb review --new)
has "only what is new" "$out" '^  \* new.test: '
has_not "nothing else" "$out" 'meter.test'

wide=$(TERM=xterm python3 "$SRCDIR/tests/system/terminal.py" 80x50 "$HOMEBOUND" review -c "$dir/homebound.conf" < /dev/null)
has "a terminal has colours" "$wide" $'\033\\[31m  ! meter.test'
is "and nothing is wider than it" "$(printf '%s\n' "$wide" | python3 -c '
import re, sys
print("".join(line for line in sys.stdin if len(re.sub("\x1b\\[[0-9;]*m", "", line).rstrip()) > 80))')" ""

# --- for programs ---
hb review --json > "$dir/json"
is "one object" "$(python3 - "$dir/json" <<'PY'
import json, sys
house = json.load(open(sys.argv[1]))
devices = {device["device"]: device for device in house["devices"]}
meter = [r for r in devices["pc"]["receivers"] if r["receiver"] == "meter.test"][0]
beat = [n for n in meter["names"] if n["name"] == "beat.meter.test"][0]
print(house["gaps"], meter["vendor"], round(meter["rhythm"]["period_s"] / 10),
      meter["rhythm"]["name"], beat["sunk"] == beat["questions"],
      devices["127.0.0.41"]["canaries"], beat["list_now"])
PY
)" "[] Meter Works 30 beat.meter.test True 1 phone-home"
hb review --csv | tr -d '\r' > "$dir/csv"
has "a line for each name" "$(cat "$dir/csv")" '^pc,[0-9]+,meter.test,Meter Works,beat.meter.test,[0-9]+,[0-9]+,20'
is "all with as many fields" "$(python3 -c '
import csv, sys
print(len({len(row) for row in csv.reader(open(sys.argv[1]))}))' "$dir/csv")" 1
(umask 0; hb review --html "$dir/page.html")
page=$(cat "$dir/page.html")
is "a page is not for everybody" "$(stat -c %a "$dir/page.html")" 640
has "it has the devices" "$page" '<h2>Fernsehgerät'
has "and the reasons" "$page" '<strong>every 5 min</strong>'
has "hostile names are text" "$page" '&lt;script&gt;alert'
has_not "and nothing else" "$page" '<script|javascript:|https?://'
if command -v chromium > /dev/null; then
	dom=$(cd "$dir" && HOME=$dir timeout 60 chromium --headless --no-sandbox --disable-gpu --dump-dom "file://$dir/page.html" 2> "$dir/chromium.err")
	has "Chromium shows all of it" "$dom" '</section>.*|DNS does not show'
	has "to its end" "$(printf '%s' "$dom" | tail -c 40)" '</html>'
	is "every device has its pictures" "$(printf '%s' "$dom" | grep -o '<section' | wc -l) $(printf '%s' "$dom" | grep -c '<svg' | sed 's/[1-9][0-9]*/some/')" "3 some"
	has_not "and complains of nothing" "$(grep -i 'console\|refused\|csp' "$dir/chromium.err")" '.'
fi
hb review --html "$dir/nowhere/page.html" > "$dir/out" 2>&1
is "a page that cannot be written" $? 1

# --- decide once ---
hb review decide meter.test fine --note "we want it" > /dev/null
out=$(hb review)
has_not "what is fine is folded" "$out" '! meter.test'
has "and counted" "$out" '^Left out, because decided fine: 1 receiver'
has "until all is wanted" "$(hb review --all)" '! meter.test \(Meter Works\) \[fine: we want it\]'
hb review decide new.test block > /dev/null
from $pc upload.new.test
has "what is blocked is sunk" "$(hb review --device pc)" '^  ! new.test \[block\]: 4 questions, 1 sunk'
hb review decide house.test watch > /dev/null
has "what is watched stands first" "$(hb review --device pc | grep -m 1 '^  [!*-] ')" '^  - house.test \[watch\]'
hb review decide meter.test drop > /dev/null
hb review decide house.test drop > /dev/null

# --- a list comes to have a name that was asked for ---
before=$(date +%s)
has_not "no list has it" "$(hb review)" 'later.test'
sleep 1.1
echo stats.later.test >> "$dir/list.txt"
hb reload > /dev/null
await is_settled
is_listed() { hb why stats.later.test | grep -q phone-home; }
await is_listed
out=$(hb review --since "@$before")
has "how often it was asked for before" "$out" \
	'^  - later.test.*: not asked in that time, asked 14 times since 20[0-9-]+, before a list named it'
sleep 1.1
middle=$(date +%s)
sleep 1.1
echo another.later.test >> "$dir/list.txt"
hb reload > /dev/null
is_listed_too() { hb why another.later.test | grep -q phone-home; }
await is_listed_too
has_not "it is said once, not at every update" "$(hb review --since "@$middle")" 'later.test'

# --- since the last review ---
out=$(hb review --since last)
has "a review at a terminal was the last one" "$out" '^20[0-9-]+ [0-9:]+ to '
from $tv fresh.example
out=$(hb review --since last --json)
has "and this is since then" "$out" '"name":"fresh.example"'
has_not "not before" "$out" '"name":"beat.meter.test"'

# --- a digest ---
out=$(hb review --digest)
has "a digest is a letter" "$out" '^3 devices asked [0-9]+ questions'
out=$(hb review --digest)
has "the next one begins where it ended" "$out" '^Nobody asked for anything\.$'
hb review --digest --device pc > "$dir/out" 2>&1
is "it is of all devices" $? 2
hb review --send > "$dir/out" 2>&1
is "only a digest is sent" $? 2
hb review --digest --send > "$dir/out" 2>&1
is "by a way there is" $? 1
has "or it is said" "$(cat "$dir/out")" 'there is no way to send a digest: see alerts'

# --- a gap ---
stop_homebound
out=$(hb review | sed -n 2p)
has "without a daemon, too" "$out" '^3 devices asked'
python3 - "$dir/state/journal.db" <<'PY'
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1])
now = int(time.time() * 1e6)
db.execute("INSERT INTO gap (number, from_time, until_time, count, reason) VALUES (?, ?, ?, 12, 'full')", (1 << 40, now - 60000000, now - 30000000))
db.commit()
PY
has "what is missing comes first" "$(hb review | sed -n 3p)" '^The journal has 1 gap in that time: 12 questions are missing\.$'
has "in every form" "$(hb review --json)" '"lost":12'
finish
