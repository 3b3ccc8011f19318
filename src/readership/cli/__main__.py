"""`python -m readership.cli …`, for programs that start a command with their own Python."""

import sys

from readership.cli import main

sys.exit(main())
