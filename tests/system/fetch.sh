#!/usr/bin/env bash
# Lists from URLs: what is believed and what is not, versions, signatures, and
# a start without a network.
. "${SRCDIR:-.}/tests/system/lib.sh"
need python3
begin
start_upstream
web=$(free_port)
mkdir "$dir/web"
# A name that the zone has at 127.0.0.1, and that the list itself sinks.
url=http://ns.house.test:$web

cat > "$dir/web.py" <<'END'
import hashlib, http.server, os, sys
folder, port = sys.argv[1], int(sys.argv[2])

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        path = folder + self.path
        code, text = 404, b"<html>no such page</html>"
        if os.path.exists(path):
            code, text = 200, open(path, "rb").read()
        tag = '"%s"' % hashlib.sha1(text).hexdigest()
        if code == 200 and self.headers.get("If-None-Match") == tag:
            code, text = 304, b""
        self.send_response(code)
        self.send_header("ETag", tag)
        if code != 304:
            self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
        with open(folder + "/log", "a") as log:
            log.write("%s %d\n" % (self.path, code))

    def log_message(self, *words):
        pass

http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
END
start_web() {
	python3 "$dir/web.py" "$dir/web" "$web" > "$dir/web.log" 2>&1 &
	web_pid=$!
	pids+=("$web_pid")
	await python3 -c "import socket; socket.create_connection(('127.0.0.1', $web))"
}
start_web

write() { printf '%s\n' "$@" > "$dir/web/ads.txt"; }
asked() { tail -n 1 "$dir/web/log"; }
good=(ns.house.test a.wild.house.test b.wild.house.test c.wild.house.test)
write "${good[@]}"
configure
sed -i "s,^lists.*,lists = ( { name = \"ads\"; source = \"$url/ads.txt\"; refresh = \"24h\"; } );," "$dir/homebound.conf"
start_homebound
if hb lists | grep -q 'built without libcurl'; then
	echo "1..0 # skipped: built without libcurl"
	exit 77
fi
is "a list from a URL" "$(short a.wild.house.test A)" 192.0.2.250
is "its own host is sunk for clients" "$(short ns.house.test A)" 192.0.2.250
out=$(hb lists update ads)
is "and still it can be fetched" $? 0
is "nothing is sent twice: 304" "$(asked)" '/ads.txt 304'
has "and nothing is made" "$out" 'nothing has changed, image 1 stays'
count=$(wc -l < "$dir/web/log")
hb reload > /dev/null
is "a reload asks nobody before a list is due" "$(wc -l < "$dir/web/log")" "$count"

write "${good[@]}" d.wild.house.test
hb lists update > "$dir/out"
has "what is new becomes a version" "$(cat "$dir/out")" '^ads: 5 rules, new version 2$'
is "and is in force" "$(short d.wild.house.test A)" 192.0.2.250

# What is not believed.
printf '<!DOCTYPE html>\n<p>Sign in\n' > "$dir/web/ads.txt"
hb lists update ads > "$dir/out"
is "a page of HTML is not taken" "$(short d.wild.house.test A)" 192.0.2.250
has "that is said" "$(cat "$dir/out")" '^ads: .*kept version 2: .*HTML'
has "and shown" "$(hb lists)" '^ads .*kept: .*HTML'
is "the log says it once" "$(grep -c HTML "$dir/homebound.log")" 1
rm "$dir/web/ads.txt"
hb lists update ads > "$dir/out"
has "nor is 404" "$(hb lists)" '^ads .*kept: .*404'
: > "$dir/web/ads.txt"
hb lists update ads > "$dir/out"
has "nor nothing" "$(hb lists)" '^ads .*kept: .*nothing in it'
write '# only words'
hb lists update ads > "$dir/out"
has "nor a text without a rule" "$(hb lists)" '^ads .*kept: .*no rule'
write ns.house.test e.wild.house.test
hb lists update ads > "$dir/out"
has "nor under half of the rules" "$(hb lists)" '^ads .*kept: .*2 rules, under half of the 5 of version 2'
is "through all of it the last good version was in force" "$(short d.wild.house.test A)" 192.0.2.250
hb lists update --force ads > "$dir/out"
has "unless it is forced" "$(cat "$dir/out")" '^ads: 2 rules, new version 3$'
is "then it is in force" "$(short e.wild.house.test A)" 192.0.2.250
write "${good[@]}" f.wild.house.test
hb lists update --progress ads > "$dir/out"
is "and back to good" "$(short f.wild.house.test A)" 192.0.2.250
has "the state is good" "$(hb lists)" '^ads +sink +5 +5 .*good$'

# Versions.
has "versions are listed with their source" "$(hb lists versions ads)" "^ +4 .* 5  $url/ads.txt"
out=$(hb lists diff ads)
has "a difference to the one before" "$out" '^ads, from version 3 to version 4:'
has "what came" "$out" '^\+ block exact f.wild.house.test'
has "what went" "$out" '^- block exact e.wild.house.test'
has "to any" "$(hb lists diff ads 1)" '^1 rule came, 0 went'
hb lists rollback ads > "$dir/out"
has "rollback goes to the one before" "$(cat "$dir/out")" '^ads: 2 rules, held at version 3$'
is "with its rules" "$(short e.wild.house.test A)" 192.0.2.250
is "and not those of the next" "$(short f.wild.house.test A)" 192.0.2.77
has "it is held" "$(hb lists)" '^ads .*held at version 3'
count=$(wc -l < "$dir/web/log")
hb lists update > /dev/null
is "nobody is asked for it" "$(wc -l < "$dir/web/log")" "$count"
is "and it stays" "$(short f.wild.house.test A)" 192.0.2.77
hb reload > /dev/null & one=$!
hb lists update ads > /dev/null & two=$!
hb reload > /dev/null & three=$!
wait $one && wait $two && wait $three
is "reloads and an update at once" $? 0
hb lists rollback ads 1 > /dev/null
is "rollback to any version" "$(short e.wild.house.test A)" 192.0.2.77
hb lists update ads > /dev/null
is "update by name lets go" "$(short f.wild.house.test A)" 192.0.2.250

# Signatures.
if command -v minisign > /dev/null; then
	for name in right wrong; do
		minisign -G -W -f -p "$dir/$name.pub" -s "$dir/$name.key" > /dev/null
	done
	key=$(tail -n 1 "$dir/right.pub")
	echo s.wild.house.test > "$dir/web/signed.txt"
	hb lists add signed "$url/signed.txt" --key "$key" > /dev/null
	has "without a signature a list is not taken" "$(hb lists)" '^signed .*kept: .*(404|signature|minisig)'
	is "nor in force" "$(short s.wild.house.test A)" 192.0.2.77
	minisign -S -W -s "$dir/wrong.key" -m "$dir/web/signed.txt" > /dev/null
	hb lists update signed > /dev/null
	has "with one by another key neither" "$(hb lists)" '^signed .*kept: .*key'
	is "nor is it in force" "$(short s.wild.house.test A)" 192.0.2.77
	minisign -S -W -s "$dir/right.key" -m "$dir/web/signed.txt" > /dev/null
	hb lists update signed > /dev/null
	is "with the right one it is" "$(short s.wild.house.test A)" 192.0.2.250
	echo t.wild.house.test >> "$dir/web/signed.txt"
	hb lists update signed > /dev/null
	has "a text that was changed since is not taken" "$(hb lists)" '^signed .*kept: .*signature'
	is "the one before stays" "$(short s.wild.house.test A)" 192.0.2.250
fi

# No network.
stop_homebound
kill "$web_pid" "$upstream_pid"
wait "$web_pid" "$upstream_pid" 2> /dev/null
start_homebound
is "a start without a network has all lists" "$(short f.wild.house.test A)" 192.0.2.250
rm "$dir/state/policy.image"
stop_homebound
start_homebound
is "also when the image was lost" "$(short f.wild.house.test A)" 192.0.2.250
hb lists update ads > "$dir/out"
is "an update without a network is no failure" $? 0
has "but the reason is told" "$(hb lists)" '^ads .*kept: .*ns.house.test'
is "and the list stays" "$(short f.wild.house.test A)" 192.0.2.250
start_upstream
start_web
hb lists update ads > "$dir/out"
has "when it is back, all is good" "$(hb lists)" '^ads .*good$'
finish
