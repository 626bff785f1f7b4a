#!/usr/bin/env bash
# The story of the project: a PC starts the software of a glucose meter (one
# burst), the meter is plugged in (two bursts, to names that are on a list) and
# unplugged, three times, with time between.  What the report says of it.
. "${SRCDIR:-.}/tests/system/lib.sh"
need python3
begin
start_upstream
printf '%s\n' '# what the meter says' ingest.meter.test upload.meter.test > "$dir/list.txt"
configure
start_homebound
pc=127.0.0.23 tv=127.0.0.40

# A device: asks for its names from an address of its own, one after the other;
# "+0.5" waits so long, "!LABEL" is the person who marks what happens next.
cat > "$dir/pc.py" <<'END'
import os, socket, struct, subprocess, sys, time

def question(name, number):
    labels = b"".join(bytes([len(label)]) + label.encode()
                      for label in name.split("."))
    return (struct.pack(">HHHHHH", number, 0x100, 1, 0, 0, 0) +
            labels + b"\0" + struct.pack(">HH", 1, 1))

address, port = sys.argv[1], int(sys.argv[2])
wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
wire.bind((address, 0))
wire.settimeout(3)
for number, word in enumerate(sys.argv[3:]):
    if word.startswith("+"):
        time.sleep(float(word))
        continue
    if word.startswith("!"):
        subprocess.run([os.environ["HOMEBOUND"], "mark", word[1:], "--device",
                        address, "-c", os.environ["CONFIG"]], check=True,
                       stdout=subprocess.DEVNULL)
        continue
    wire.sendto(question(word, number), ("127.0.0.1", port))
    if wire.recv(4096)[:2] != struct.pack(">H", number):
        sys.exit(word + ": answered by another answer")
END
export HOMEBOUND CONFIG="$dir/homebound.conf"
device() { local from=$1; shift; python3 "$dir/pc.py" "$from" "$port" "$@"; }

# What the PC does all the time: the hum among which the bursts are found.
hum() { device "$pc" www.house.test +0.25 mail.house.test +0.25 www.house.test +0.25; }
starts() { device "$pc" license.meter.test; }
plugs_in() { device "$pc" "!plugged the reader in" ingest.meter.test upload.meter.test +0.4 Upload.meter.test ingest.meter.test; }

hum; hum; hum; hum; hum
device "$tv" www.house.test ingest.meter.test
out=$(hb mark "started the software" --device "$pc")
has "a mark says what it is" "$out" "^mark 1: \"started the software\" at 20[0-9-]+ [0-9:]+, for $pc \(the house: sink\)$"
starts
hum; hum
for turn in 1 2 3; do
	plugs_in
	is "plugged in, time $turn" $? 0
	hum; hum; hum; hum; hum
done
hb mark "unplugged" --device "$pc" > /dev/null
hum; hum

marks=$(hb marks)
is "five moments are marked" "$(printf '%s\n' "$marks" | wc -l)" 5
has "with their labels" "$marks" '3  20[0-9-]+ [0-9:]+  plugged the reader in, 127.0.0.23 \(sink\)'

report=$(hb compare "plugged the reader in" --window 1s)
printf '%s\n' "$report" | sed 's/^/# /'
has "it says what is compared" "$report" "^After \"plugged the reader in\": 3 marks, 1 s each, $pc$"
has "and with what" "$report" '^Otherwise: [0-9]+ control windows as long: 0 at the same time of other days'
has "the upload goes with the meter" "$report" \
	'^3 of 3 +0 of [0-9]+ +[0-9.]+ s \([0-9.]+ to [0-9.]+\) +1 in [0-9,]+ \* +sunk +upload.meter.test$'
has "and so does what it reports to" "$report" '^3 of 3 +0 of [0-9]+ .* sunk +ingest.meter.test$'
has_not "what is always asked for is not laid to it" "$report" '^3 of 3 .*house.test$'
has "it is told apart" "$report" 'names? (was|were) asked for as otherwise|asked [0-9.]+ times a window, otherwise'
is "against as many windows as there are" "$(printf '%s\n' "$report" | grep -Ec '^3 of 3 +0 of ([6-9]|1[0-9]) ')" 2
has_not "the start of the software is another thing" "$report" '^[1-3] of 3.*license'
has "chance is explained" "$report" "Fisher's exact test"
has "and what DNS does not show" "$report" 'questions put to DNS, not transfers'

one=$(hb compare 1 --window 1s)
has "one mark, by its number" "$one" '^After "started the software": 1 mark, '
has "shows what came" "$one" '^1 of 1 +0 of [0-9]+ .* passed +license.meter.test$'
has "and does not make a proof of it" "$one" 'One mark cannot tell'

has "for programs" "$(hb compare "plugged the reader in" --window 1s --csv | tr -d '\r')" \
	"^plugged the reader in,$pc,upload.meter.test,only after,3,3,0,[0-9]+,6,0,6,"
has "the last label is meant when none is said" "$(hb compare --window 1s)" '^After "unplugged"'
has "another device did not do it" "$(hb compare "plugged the reader in" --window 1s --device $tv 2>&1)" \
	"3 marks, 1 s each, $tv\$|about another device"

log=$(hb log -n 1000)
has "the journal says so in its own words" "$log" "$pc +A +upload.meter.test +sunk phone-home:3"
has "marks stand in their place" "$(printf '%s\n' "$log" | grep -A1 'mark 3 at')" 'ingest.meter.test +sunk'
has "row by row" "$log" "$pc +A +license.meter.test +pass"

out=$(hb mark --undo)
has "a mark is taken back" "$out" '^undone: mark 5, "unplugged" at 20'
is "and is gone" "$(hb marks | wc -l)" 4
hb mark --undo 77 > "$dir/out" 2>&1
is "one that is not there is not" $? 1
has "and it is said" "$(cat "$dir/out")" 'there is no mark 77'
hb mark "$(printf 'two\nlines')" > "$dir/out" 2>&1
is "a label is one line" $? 2

hb pause --client "$pc" > /dev/null
has "how the house answered then is kept" "$(hb mark "in a pause" --device "$pc")" '\(the house: paused\)$'
stop_homebound
out=$(hb mark "by hand" --at 1m)
has "a mark is made without a daemon, too" "$out" '^mark 6: "by hand" at .* \(the house: off\)$'
has "and undone" "$(hb mark --undo)" '^undone: mark 6, "by hand"'
finish
