#!/bin/sh
# The browser tests drive Debian's Chromium. Installs it when it may; otherwise says what is missing and how to get it.
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null 2>&1 && exit 0
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing chromium for the browser tests …"
    { apt-get update -qq && apt-get install -y -qq chromium; } >/dev/null 2>&1 && exit 0
fi
echo "Chromium is missing: install it (apt-get install chromium) or the browser tests fail." >&2
exit 0
