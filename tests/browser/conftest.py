"""What browser tests share."""

from playwright.sync_api import expect

# Machines that do other things besides are slow, not wrong.
expect.set_options(timeout=20_000)
