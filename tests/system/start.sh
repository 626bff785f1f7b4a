#!/usr/bin/env bash
# Starting: without lists, with a foreign image, as root, and not at all.
. "${SRCDIR:-.}/tests/system/lib.sh"
begin
start_upstream
configure
rm "$dir/list.txt"
start_homebound
is "without any list it serves" "$(short www.house.test A)" 192.0.2.10
has "and says so" "$(cat "$dir/homebound.log")" 'no list'
echo upload.example > "$dir/list.txt"
hb reload > /dev/null
is "a list that comes later is taken by a reload" "$(short upload.example A)" 192.0.2.250

"$HOMEBOUND" serve -c "$dir/homebound.conf" > "$dir/second" 2>&1
is "a second one on the same port ends with 1" $? 1
has "and tells who holds the port" "$(cat "$dir/second")" \
	"127.0.0.1:$port is in use.*homebound.*$homebound_pid"
stop_homebound

rm "$dir/list.txt"
start_homebound
is "a restart without the source has the list" "$(short upload.example A)" 192.0.2.250
stop_homebound
printf 'something else' > "$dir/state/policy.image"
start_homebound
is "a foreign image is made anew from what was kept" "$(short upload.example A)" 192.0.2.250
stop_homebound
dd if=/dev/urandom of="$dir/state/policy.image" bs=1 seek=200 count=64 conv=notrunc 2> /dev/null
start_homebound
is "and so is a damaged one" "$(short upload.example A)" 192.0.2.250
stop_homebound

printf 'rubbish, not a database' > "$dir/state/journal.db"
rm -f "$dir/state/journal.db-"*
start_homebound
is "a damaged journal does not keep it from serving" "$(short upload.example A)" 192.0.2.250
has "it is set aside" "$(ls "$dir/state")" 'journal.db.damaged'
has "and a new one begun" "$(hb log)" upload.example
stop_homebound

printf 'listn = [ "127.0.0.1:53" ];\n' > "$dir/wrong.conf"
"$HOMEBOUND" serve -c "$dir/wrong.conf" > "$dir/out" 2>&1
is "a wrong configuration ends it with 1" $? 1
has "with file, line and a suggestion" "$(cat "$dir/out")" 'wrong.conf:1: .*"listen"'
"$HOMEBOUND" check -c "$dir/wrong.conf" > "$dir/out" 2>&1
is "check says the same with 1" $? 1
hb check > "$dir/out" 2>&1
is "and 0 for a good one" $? 0
"$HOMEBOUND" serve -c "$dir/nowhere.conf" > "$dir/out" 2>&1
is "no configuration ends it with 1" $? 1

if [ "$(id -u)" = 0 ]; then
	sed -i 's/^user.*/user = "nobody";/' "$dir/homebound.conf"
	rm -rf "$dir/state" "$dir/control"
	mkdir "$dir/run"
	sed -i "s,^control.*,control = \"$dir/run/control\";," "$dir/homebound.conf"
	echo upload.example > "$dir/list.txt"
	start_homebound
	is "as root it becomes its user" \
		"$(stat -c %U "/proc/$homebound_pid")" nobody
	has "with no capability left" "$(cat "/proc/$homebound_pid/status")" \
		'CapEff:.0000000000000000'
	has "and no way to get one" "$(cat "/proc/$homebound_pid/status")" 'NoNewPrivs:.1'
	is "and serves" "$(short upload.example A)" 192.0.2.250
	is "the journal is not for everybody" \
		"$(stat -c %a "$dir/state/journal.db")" 640
	stop_homebound
	is "and ends well" $? 0
	sed -i 's/^user.*/user = "no-such-user";/' "$dir/homebound.conf"
	"$HOMEBOUND" serve -c "$dir/homebound.conf" > "$dir/out" 2>&1
	has "a user that does not exist: what to do" "$(cat "$dir/out")" 'no-such-user.*useradd'
fi

cat > "$dir/notify.py" <<'END'
import os, socket, subprocess, sys
path = sys.argv[1] + "/notify"
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(path)
s.settimeout(20)
env = dict(os.environ, NOTIFY_SOCKET=path, WATCHDOG_USEC="200000")
p = subprocess.Popen(sys.argv[2:], env=env, stderr=subprocess.DEVNULL)
seen = []
while not any("WATCHDOG=1" in m for m in seen):
    seen.append(s.recv(4096).decode())
p.terminate()
while not any("STOPPING=1" in m for m in seen):
    seen.append(s.recv(4096).decode())
print("ready" if "READY=1" in seen[0] else seen, p.wait())
END
sed -i 's/^user.*/user = "";/' "$dir/homebound.conf"
is "a supervisor hears READY, WATCHDOG and STOPPING" "$(python3 "$dir/notify.py" \
	"$dir" "$HOMEBOUND" serve -c "$dir/homebound.conf")" "ready 0"
finish
