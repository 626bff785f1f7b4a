#!/usr/bin/env bash
# What the household exports is signed, can be checked with homebound and
# without it, and any change is noticed.
. "${SRCDIR:-.}/tests/system/lib.sh"
need kdig minisign sha256sum
begin
start_upstream
configure
start_homebound

has "there is no export without a key" "$(hb export --since 1h "$dir/none" 2>&1)" \
	'no key to sign with: make one with homebound keygen'
said=$(hb keygen)
has "keygen prints the public key" "$said" '^public key   RW.{54}$'
has "and its fingerprint" "$said" '^fingerprint  ([0-9a-f]{4} ){7}[0-9a-f]{4}$'
is "the secret one is for its owner" "$(stat -c %a "$dir/state/household.key")" 600
secret=$(sed -n 2p "$dir/state/household.key")
has_not "and is never printed" "$said" "${secret:60:40}"
has "another one is refused" "$(hb keygen 2>&1)" 'there is a key already'
echo text > "$dir/text"
minisign -S -s "$dir/state/household.key" -m "$dir/text" > "$dir/sign.log" 2>&1
has "minisign signs with it" \
	"$(minisign -V -p "$dir/state/household.pub" -m "$dir/text" 2>&1)" 'verified'

for name in www.house.test tracker.house.test upload.example; do
	ask $name A > /dev/null
done
said=$(hb export --since 1h "$dir/evidence")
has "three rows are exported" "$said" ': 3 rows, 0 gaps'
is "minisign and sha256sum say the same" "$(cd "$dir/evidence" &&
	minisign -Vq -p household.pub -m MANIFEST && sha256sum --quiet -c MANIFEST; echo $?)" 0
has "verify says whose it is" "$(hb verify "$dir/evidence")" \
	'That is the key of this household'
has "elsewhere it says that it does not know" \
	"$("$HOMEBOUND" verify -c /nowhere "$dir/evidence")" 'Whose it is, only its owner can say'
hb verify --key "$dir/state/household.pub" "$dir/evidence" > "$dir/verify.log"
is "with a key in a file" $? 0
hb verify --key RWToKwv3vsRogPrRYwv/wyC0IPxGzremG8Wdhy2Mxh9UUSwfhv30ZFep \
	"$dir/evidence" > "$dir/verify.log"
is "another's key is not the household's" $? 1
has "and that is said" "$(cat "$dir/verify.log")" 'signed by another key'
has "only those of one address" \
	"$(hb export --since 1h --device 127.0.0.9 "$dir/other")" ': 0 rows'
has "the page says who asked" "$(cat "$dir/evidence/report.html")" '127\.0\.0\.1'
has "it is not written over" "$(hb export --since 1h "$dir/evidence" 2>&1)" \
	'is there already'

sed -i 's/tracker/Tracker/' "$dir/evidence/rows.csv"
said=$(hb verify "$dir/evidence")
is "a change is found" $? 1
has "and the file is named" "$said" '^WRONG .*/evidence/rows.csv: it was changed'
has_not "and no other" "$said" 'WRONG .*rows.jsonl'

hb keygen --force > /dev/null
is "a new key keeps the old public one" \
	"$(grep -l "$(sed -n 2p "$dir/evidence/household.pub")" "$dir"/state/household.pub.* | wc -l)" 1
finish
