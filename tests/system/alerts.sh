#!/usr/bin/env bash
# What a household is told without asking: the four reasons, by a command, a
# webhook and mail; once, and not too often; not lost by a line that is down or
# by a kill; and nothing of a hostile name is ever run.
. "${SRCDIR:-.}/tests/system/lib.sh"
need python3
past=${BUILDDIR:-build}/tests/bench/past
[ -x "$past" ] || { echo "1..0 # skipped: tests/bench/past is not built"; exit 77; }
begin
tv=127.0.0.40

# --- three ways ---
cat > "$dir/tell" <<END
#!/bin/sh
exec >> "$dir/told"
printf 'kind=%s device=%s about=%s count=%s\n' "\$HOMEBOUND_KIND" "\$HOMEBOUND_DEVICE" "\$HOMEBOUND_ABOUT" "\$HOMEBOUND_COUNT"
sed 's/^/said: /'
END
cat > "$dir/sendmail" <<END
#!/bin/sh
[ ! -e "$dir/no-mail" ] || exit 75
echo "sendmail \$*" >> "$dir/mail"
cat >> "$dir/mail"
END
chmod +x "$dir/tell" "$dir/sendmail"
cat > "$dir/hook.py" <<'END'
import http.server, sys
folder = sys.argv[2]

class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            status = int(open(folder + "/status").read())
        except OSError:
            status = 200
        with open(folder + "/hooked", "ab") as out:
            out.write(b"%d %s " % (status, self.headers["Content-Type"].encode()) + body + b"\n")
        self.send_response(status)
        if status == 301:
            self.send_header("Location", "/elsewhere")
        self.end_headers()
    do_GET = do_POST

    def log_message(self, *words):
        pass

http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Hook).serve_forever()
END
hook=$(free_port)
python3 "$dir/hook.py" "$hook" "$dir" &
pids+=($!)
await python3 -c "import socket; socket.create_connection(('127.0.0.1', $hook))"

every="every = 30; learn = 0; burst = 5;"
command="command = \"$dir/tell\";"
webhook="webhook = \"http://127.0.0.1:$hook/hook\";"
mail="mail = \"me@house.test\"; sendmail = \"$dir/sendmail\";"
configure_alerts() { configure "alerts = { $* };"; }
run() { hb alerts run 2> "$dir/err"; }
waiting() { find "$dir/state/alerts" -name '*.alert' | wc -l; }
again() { sed -i 's/^next .*/next 0/' "$dir"/state/alerts/*.alert; }
fresh() { rm -f "$dir/told" "$dir/mail" "$dir/hooked" "$dir/status"; touch "$dir/told" "$dir/mail" "$dir/hooked"; }

# What the television asked for just now: NAME (% counts) VERDICT COUNT.
cat > "$dir/rows.py" <<'END'
import sys, time
name, verdict, count, client = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
now = time.time()
for i in range(count):
    print("%.6f %s %s %s 60" % (now - 0.01 + i * 0.01 / count, client, name.replace("%", str(i)), verdict))
END
ask_past() { python3 "$dir/rows.py" "$1" "$2" "$3" $tv | "$past" "$dir/state/journal.db"; }
cat > "$dir/gap.py" <<'END'
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1])
now = int(time.time() * 1e6)
db.execute("INSERT INTO gap (number, from_time, until_time, count, reason) VALUES"
           " ((SELECT coalesce(max(number), 1 << 40) + 1 FROM gap), ?, ?, 12, 'full')",
           (now - 100000, now - 1000))
db.commit()
END
add_gap() { python3 "$dir/gap.py" "$dir/state/journal.db"; }

mkdir -p "$dir/state"
chmod 750 "$dir/state"
configure_alerts "$every"
has "without a way nothing is sent" "$(hb alerts)" '^Alerts go by: nothing; see alerts'
hb alerts test > "$dir/out" 2>&1
is "and nothing can be tried" $? 1
run
is "nor looked for" "$?" 0

configure_alerts "$every $command $webhook $mail"
fresh
python3 -c "
import time
for i in range(40):
    print('%.3f $tv www.house.test pass 60' % (time.time() - 86400 * 9 + i * 60))" |
	"$past" "$dir/state/journal.db"
out=$(hb alerts test)
is "all ways can be tried" "$out" "$(printf 'command: sent\nwebhook: sent\nmail: sent')"
has "a command hears it" "$(cat "$dir/told")" '^kind=test device= about= count=0$'
has "and can read it" "$(cat "$dir/told")" '^said: This is a test of the alerts'
has "a webhook has JSON" "$(cat "$dir/hooked")" '^200 application/json \{"kind":"test","time":"20.*Z","device":"","about":"","count":0,"words":"This is'
has "mail goes to sendmail" "$(cat "$dir/mail")" '^sendmail -t -i$'
has "with a head" "$(cat "$dir/mail")" '^To: me@house.test$'
has "that says what it is" "$(cat "$dir/mail")" '^Subject: homebound: test$'
has "and in what letters" "$(cat "$dir/mail")" '^Content-Type: text/plain; charset=utf-8$'

# --- the first look only begins ---
fresh
run
is "what was before is not told" "$(cat "$dir/told")" ""

# --- four reasons ---
ask_past new.vendor.test pass 3
run
has "a new receiver" "$(cat "$dir/told")" "^said: $tv asked for vendor.test, for the first time \(3 questions, passed\)\.$"
has "by every way" "$(cat "$dir/hooked")" '"kind":"receiver".*"about":"vendor.test"'
has "by mail, too" "$(cat "$dir/mail")" '^Subject: homebound: receiver: vendor.test$'
is "none waits" "$(waiting)" 0
fresh
run
is "it is told once" "$(cat "$dir/told")" ""

ask_past www.vendor.test sink 6
run
has "a burst of sunk questions" "$(cat "$dir/told")" "^said: $tv tried to reach vendor.test: 6 sunk questions within "
fresh
ask_past www.vendor.test sink 6
run
is "once a day" "$(cat "$dir/told")" ""

add_gap
run
has "a gap" "$(cat "$dir/told")" '^said: The journal has lost 12 questions, the last at 20.* \(full\)\.$'

fresh
configure "alerts = { $every $command };"
sed -i "s|^lists = .*|lists = ( { name = \"far\"; source = \"http://127.0.0.1:1/list\"; } );|" "$dir/homebound.conf"
hb compile > "$dir/out" 2>&1
run
has "a list that cannot be had" "$(cat "$dir/told")" '^said: The list far could never be had \(.*\)\.$'

fresh
configure_alerts "$every $command lists = false; gaps = false; receivers = false;"
rm "$dir/state/alerts/told"
ask_past other.test pass 1
add_gap
run
is "who does not want it is not told" "$(cat "$dir/told")" ""

# --- hostile names ---
configure_alerts "$every $command $webhook $mail"
rm -f "$dir/state/alerts/allowed-at"
fresh
cd "$dir"
ask_past '$(touch${IFS}pwned).one' pass 1
ask_past '`touch${IFS}pwned`' pass 1
ask_past "';touch\\032pwned;'" pass 1
ask_past 'a\010Bcc:\032you@evil.test\010' pass 1
ask_past '"},{"kind":"x' pass 1
run
cd - > /dev/null
is "nothing of a name is run" "$(ls "$dir" | grep -c pwned)" 0
has "it is only shown" "$(cat "$dir/told")" 'about=.*touch.\$\{ifs\}pwned'
has "a line feed, too" "$(cat "$dir/told")" 'about=a.010bcc:'
has_not "no name makes a head of a letter" "$(cat "$dir/mail")" '^[Bb]cc'
is "JSON stays what it is" "$(python3 -c '
import json, sys
print(len([json.loads(line.split(" ", 2)[2]) for line in open(sys.argv[1])]))' "$dir/hooked")" "$(grep -c ^kind= "$dir/told")"
is "all five are told" "$(grep -c ^kind=receiver "$dir/told")" 5

# --- a line that is down ---
rm -f "$dir/state/alerts/allowed-at"
fresh
echo 500 > "$dir/status"
touch "$dir/no-mail"
ask_past down.test pass 1
run
is "what cannot be sent is kept" "$(waiting)" 1
has "and why is said" "$(cat "$dir/err")" 'an alert could not be sent: webhook: 500 '
has "for each way" "$(cat "$dir/err")" 'mail: .*/sendmail ended with exit code 75'
has "it can be seen" "$(hb alerts)" 'asked for down.test, .* \(tried, and kept\)$'
has "how many" "$(hb alerts)" '^1 waits to be sent\.$'
run
is "it is not tried at once again" "$(grep -c . "$dir/hooked")" 1
echo 200 > "$dir/status"
again
run
has "then it goes" "$(cat "$dir/hooked")" '^200 .*down.test'
is "but no way twice" "$(grep -c '^kind=' "$dir/told")" 1
is "and waits for the rest" "$(waiting)" 1
rm "$dir/no-mail"
again
run
is "until all are gone" "$(waiting) $(grep -c '^Subject' "$dir/mail")" "0 1"
echo 301 > "$dir/status"
ask_past moved.test pass 1
run
has "nobody is sent elsewhere" "$(cat "$dir/err")" 'webhook: 301 '
is "nobody" "$(grep -c . "$dir/hooked")" 3
rm -f "$dir/status"
again
run

# --- a kill ---
fresh
cat > "$dir/slow" <<END
#!/bin/sh
touch "$dir/begun"
[ -e "$dir/go" ] || exec sleep 60
cat >> "$dir/told"
END
chmod +x "$dir/slow"
configure_alerts "$every command = \"exec $dir/slow\";"
ask_past killed.test pass 1
"$HOMEBOUND" alerts run -c "$dir/homebound.conf" 2> /dev/null &
killed=$!
await test -e "$dir/begun"
has "one delivers at a time" "$(hb alerts run 2>&1)" 'alerts are being sent just now'
kill -KILL $killed
wait $killed 2> /dev/null
is "a kill loses none" "$(waiting)" 1
touch "$dir/go"
run
has "and it goes the next time" "$(cat "$dir/told")" 'asked for killed.test'
is "all of it" "$(waiting)" 0

# --- not too often ---
fresh
configure_alerts "$every $command most = 4;"
rm -f "$dir/state/alerts/allowed" "$dir/state/alerts/allowed-at"
ask_past 'n%.many%.test' pass 9
run
is "so many an hour" "$(grep -c '^kind=' "$dir/told")" 4
has "the last says how many more" "$(cat "$dir/told")" '^said: And 6 more, which were too many for one hour: homebound review tells of them\.$'
ask_past one.more.test pass 1
run
is "and then none" "$(grep -c '^kind=' "$dir/told")" 4

# --- a digest ---
fresh
configure_alerts "$every $mail $webhook"
touch "$dir/no-mail"
hb review --digest --send 2> "$dir/err"
is "a digest is sent" $? 0
has "as a letter" "$(cat "$dir/hooked")" '"kind":"digest".*"words":"1 device asked [0-9]+ questions; .*"text":"20.*\\n1 device asked'
is "and waits for the way that is down" "$(waiting)" 1
rm "$dir/no-mail"
again
run
has "which gets all of it" "$(cat "$dir/mail")" '^Subject: homebound: digest$'
has "line by line" "$(cat "$dir/mail")" '^These are questions: what was sent'
has "device by device" "$(cat "$dir/mail")" "^$tv +"
is "and is gone" "$(waiting)" 0
hb review --digest --send
has "the next one begins where it ended" "$(tail -n 1 "$dir/hooked")" '"words":"Nobody asked for anything\."'

# --- the daemon does it by itself ---
fresh
rm -f "$dir/state/alerts/allowed-at"
configure_alerts "$every $command $webhook"
ask_past by-itself.test pass 1
start_homebound
was_told() { grep -q by-itself "$dir/told"; }
await was_told
is "the daemon looks" $? 0
stop_homebound
is "and ends" $? 0
has_not "where it tells is nobody's business" "$(cat "$dir/homebound.log")" "/hook"
finish
