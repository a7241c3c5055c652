#!/bin/sh
# The only page of the internet. It names who asked, because that is what a lesson on NAT wants to see.
printf 'Content-Type: text/html; charset=utf-8\r\n\r\n'
escape() { printf '%s' "$1" | sed 's/&/\&amp;/g;s/</\&lt;/g;s/>/\&gt;/g'; }
cat <<END
<!doctype html>
<title>The internet of this lab</title>
<h1>You reached the internet node of this lab</h1>
<p>You asked for: http://$(escape "${HTTP_HOST:-unknown}")$(escape "${REQUEST_URI:-/}")
<p>Your address, as seen from here: $(escape "${REMOTE_ADDR:-unknown}")
<p>It stands in for the real internet: it answers ping, DNS and HTTP at every public address.
END
